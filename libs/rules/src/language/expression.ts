import type { Timeframe } from '@libs/bars';
import type { TextRange } from './rule-text-error.js';
import type { ArithmeticOperator, ComparisonOperator, LogicOperator } from './syntax.js';
import type { ValueType } from './value-type.js';
import type { WordName } from './vocabulary.js';

interface Typed {
  readonly type: ValueType;
  /** Canonical text: two expressions with the same text have the same value in every bar of a series. */
  readonly text: string;
  /** Where it stands in the rule's text. */
  readonly range: TextRange;
}

export interface ConstantExpression extends Typed {
  readonly kind: 'constant';
  readonly value: number;
}
/** A word with its literal arguments and the expressions it reads. */
export interface WordExpression extends Typed {
  readonly kind: 'word';
  readonly word: WordName;
  readonly inputs: readonly Expression[];
  readonly settings: readonly (number | string)[];
}
export interface UnaryExpression extends Typed {
  readonly kind: 'not' | 'minus';
  readonly operand: Expression;
}
export interface ArithmeticExpression extends Typed {
  readonly kind: 'arithmetic';
  readonly operator: ArithmeticOperator;
  readonly left: Expression;
  readonly right: Expression;
}
export interface ComparisonExpression extends Typed {
  readonly kind: 'comparison';
  readonly operator: ComparisonOperator;
  readonly left: Expression;
  readonly right: Expression;
}
export interface LogicExpression extends Typed {
  readonly kind: 'logic';
  readonly operator: LogicOperator;
  readonly left: Expression;
  readonly right: Expression;
}
export interface ChoiceExpression extends Typed {
  readonly kind: 'choice';
  readonly condition: Expression;
  readonly then: Expression;
  readonly otherwise: Expression;
}
export interface MembershipExpression extends Typed {
  readonly kind: 'in';
  readonly left: Expression;
  readonly items: readonly Expression[];
}
/** The value of an expression at the newest closed bar of another timeframe. */
export interface OnExpression extends Typed {
  readonly kind: 'on';
  readonly timeframe: Timeframe;
  readonly inner: Expression;
}

/** A condition or a part of it, checked and typed. */
export type Expression =
  | ConstantExpression
  | WordExpression
  | UnaryExpression
  | ArithmeticExpression
  | ComparisonExpression
  | LogicExpression
  | ChoiceExpression
  | MembershipExpression
  | OnExpression;

/** The expressions an expression is made of, in the order they are written. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'constant':
      return [];
    case 'word':
      return expression.inputs;
    case 'not':
    case 'minus':
      return [expression.operand];
    case 'arithmetic':
    case 'comparison':
    case 'logic':
      return [expression.left, expression.right];
    case 'choice':
      return [expression.condition, expression.then, expression.otherwise];
    case 'in':
      return [expression.left, ...expression.items];
    case 'on':
      return [expression.inner];
  }
}

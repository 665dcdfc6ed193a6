import type { TextRange } from './rule-text-error.js';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';
export type ComparisonOperator = '<' | '<=' | '>' | '>=' | '==' | '!=';
export type LogicOperator = '&&' | '||';

interface At {
  /** Where it stands in the rule's text. */
  readonly range: TextRange;
}

export interface NumberLiteral extends At {
  readonly kind: 'number';
  readonly value: number;
}
export interface TextLiteral extends At {
  readonly kind: 'text';
  readonly value: string;
}
export interface BooleanLiteral extends At {
  readonly kind: 'boolean';
  readonly value: boolean;
}
export interface Name extends At {
  readonly kind: 'name';
  readonly name: string;
}
export interface Call extends At {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Syntax[];
}
export interface Negation extends At {
  readonly kind: 'not' | 'minus';
  readonly operand: Syntax;
}
export interface Binary extends At {
  readonly kind: 'binary';
  readonly operator: ArithmeticOperator | ComparisonOperator | LogicOperator;
  readonly left: Syntax;
  readonly right: Syntax;
}
export interface Choice extends At {
  readonly kind: 'choice';
  readonly condition: Syntax;
  readonly then: Syntax;
  readonly otherwise: Syntax;
}
/** `left in [items]`. */
export interface Membership extends At {
  readonly kind: 'in';
  readonly left: Syntax;
  readonly items: readonly Syntax[];
}

/** A condition as a closed tree: what is not here cannot be written. */
export type Syntax =
  NumberLiteral | TextLiteral | BooleanLiteral | Name | Call | Negation | Binary | Choice | Membership;

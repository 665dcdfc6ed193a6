import type { Timeframe } from '@libs/bars';
import { ago } from '../language/crossing.js';
import type {
  ComparisonExpression,
  Expression,
  MembershipExpression,
  WordExpression,
} from '../language/expression.js';
import { partsOf } from '../language/expression.js';
import type { ComparisonOperator } from '../language/syntax.js';
import type { ReceiptValue } from '../signal.js';
import { numberText } from './number-text.js';

/** Where an explanation reads what the evaluation found at a bar. */
export interface Evaluation {
  /** Value of an expression in a timeframe; NaN for unknown. */
  valueOf(expression: Expression, timeframe: Timeframe): number;
  /** Why an expression is unknown although everything it reads is known. */
  why(expression: Expression, timeframe: Timeframe): string;
}

/** A condition or a part of it, with what the evaluation found. */
export interface ExplainedPart {
  /** The part as the rule language writes it. */
  readonly text: string;
  readonly timeframe: Timeframe;
  /** Whether it was true; `null` for unknown. */
  readonly holds: boolean | null;
  /** Plain words with the values. */
  readonly words: string;
  /** The conditions it is made of, in the order they are written. */
  readonly parts: readonly ExplainedPart[];
}

/** Explains a condition, part by part. */
export function explainPart(
  expression: Expression,
  timeframe: Timeframe,
  evaluation: Evaluation,
): ExplainedPart {
  const value = evaluation.valueOf(expression, timeframe);
  const inner = expression.kind === 'on' ? expression.timeframe : timeframe;
  return {
    text: expression.text,
    timeframe,
    holds: Number.isNaN(value) ? null : value === 1,
    words: tell(expression, timeframe, evaluation),
    parts: partsOf(expression)
      .filter((part) => part.type === 'condition' && part.kind !== 'constant')
      .map((part) => explainPart(part, inner, evaluation)),
  };
}

/** What a condition is, in plain words with its values. */
export function tell(expression: Expression, timeframe: Timeframe, evaluation: Evaluation): string {
  return new Teller(evaluation).tell(expression, timeframe);
}

/** A value that a condition reads, and where. */
export interface Reading {
  readonly expression: Expression;
  readonly timeframe: Timeframe;
}

/** Every value a condition is judged by, each once, in the order they are read. */
export function readingsOf(expression: Expression, timeframe: Timeframe): Reading[] {
  const found = new Map<string, Reading>();
  collect(expression, timeframe, found);
  return [...found.values()];
}

/** The same with their values at a bar, as they come back out of JSON: it has neither unknown numbers nor a zero with a sign. */
export function valuesOf(readings: readonly Reading[], evaluation: Evaluation): ReceiptValue[] {
  return readings.map(({ expression, timeframe }) => ({
    of: expression.text,
    timeframe,
    value: writtenValue(evaluation.valueOf(expression, timeframe)),
  }));
}

function writtenValue(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null;
}

function collect(expression: Expression, timeframe: Timeframe, found: Map<string, Reading>): void {
  if (expression.kind === 'on') {
    collect(expression.inner, expression.timeframe, found);
    return;
  }
  if (expression.kind === 'word') {
    const key = `${timeframe} ${expression.text}`;
    if (found.has(key)) return;
    found.set(key, { expression, timeframe });
    if (isCrossing(expression)) for (const side of expression.inputs) collect(ago(side), timeframe, found);
  }
  for (const part of partsOf(expression)) collect(part, timeframe, found);
}

function isCrossing({ word }: WordExpression): boolean {
  return word === 'crossesAbove' || word === 'crossesBelow';
}

const RELATION: Record<ComparisonOperator, string> = {
  '>': 'above',
  '>=': 'at or above',
  '<': 'below',
  '<=': 'at or below',
  '==': 'equal to',
  '!=': 'different from',
};

/** Turns conditions into sentences. */
class Teller {
  constructor(private readonly evaluation: Evaluation) {}

  tell(expression: Expression, timeframe: Timeframe): string {
    const value = this.evaluation.valueOf(expression, timeframe);
    if (Number.isNaN(value)) return this.tellUnknown(expression, timeframe);
    const holds = value === 1;
    switch (expression.kind) {
      case 'constant':
        return expression.text;
      case 'comparison':
        return this.tellComparison(expression, timeframe, holds);
      case 'logic':
        return this.tellLogic(expression.operator, expression.left, expression.right, timeframe, holds);
      case 'not':
        return `not so: ${this.tell(expression.operand, timeframe)}`;
      case 'in':
        return this.tellMembership(expression, timeframe, holds);
      case 'choice': {
        const { condition, then, otherwise } = expression;
        const chosen = this.evaluation.valueOf(condition, timeframe) === 1 ? then : otherwise;
        return `${this.tell(condition, timeframe)}, so: ${this.tell(chosen, timeframe)}`;
      }
      case 'on':
        return `at the newest closed bar of ${expression.timeframe}: ${this.tell(expression.inner, expression.timeframe)}`;
      case 'word':
        return isCrossing(expression)
          ? this.tellCrossing(expression, timeframe, holds)
          : `${expression.text} is ${holds ? 'true' : 'false'}`;
      default:
        return this.named(expression, timeframe);
    }
  }

  /** What decides a whole: every part of a true "and", the parts that fail a false one, the true parts of an "or". */
  private tellLogic(
    operator: '&&' | '||',
    left: Expression,
    right: Expression,
    timeframe: Timeframe,
    holds: boolean,
  ): string {
    const isAnd = operator === '&&';
    const decisive = [left, right].filter((side) => {
      const value = this.evaluation.valueOf(side, timeframe);
      return isAnd === holds || value === (isAnd ? 0 : 1);
    });
    return decisive.map((side) => this.tell(side, timeframe)).join('; ');
  }

  private tellComparison(
    { operator, left, right }: ComparisonExpression,
    timeframe: Timeframe,
    holds: boolean,
  ): string {
    const relation = `is ${holds ? '' : 'not '}${RELATION[operator]}`;
    if (typeof left.type === 'object')
      return `${this.named(left, timeframe)} is ${holds === (operator === '==') ? '' : 'not '}${this.named(right, timeframe)}`;
    return `${this.named(left, timeframe)} ${relation} ${this.named(right, timeframe)}`;
  }

  private tellMembership(
    { left, items }: MembershipExpression,
    timeframe: Timeframe,
    holds: boolean,
  ): string {
    return `${this.named(left, timeframe)} is ${holds ? '' : 'not '}one of ${items.map((item) => item.text).join(', ')}`;
  }

  private tellCrossing({ word, inputs }: WordExpression, timeframe: Timeframe, holds: boolean): string {
    const [value, level] = inputs as readonly [Expression, Expression];
    const direction = word === 'crossesAbove' ? 'above' : 'below';
    const now = `${this.number(value, timeframe)} against ${this.number(level, timeframe)} now`;
    const before = `${this.number(ago(value), timeframe)} against ${this.number(ago(level), timeframe)} one bar ago`;
    return `${value.text} ${holds ? 'crossed' : 'did not cross'} ${direction} ${level.text} (${before}, ${now})`;
  }

  private tellUnknown(expression: Expression, timeframe: Timeframe): string {
    const inner = expression.kind === 'on' ? expression.timeframe : timeframe;
    const unknown = partsOf(expression).filter((part) => Number.isNaN(this.evaluation.valueOf(part, inner)));
    if (unknown.length > 0) return unknown.map((part) => this.tellUnknown(part, inner)).join('; ');
    return `${expression.text} is unknown: ${this.evaluation.why(expression, timeframe)}`;
  }

  /** An expression by name and value: `ema(20) 101.25`, a literal as it stands. */
  private named(expression: Expression, timeframe: Timeframe): string {
    if (expression.kind === 'constant') return expression.text;
    return `${expression.text} ${this.number(expression, timeframe)}`;
  }

  private number(expression: Expression, timeframe: Timeframe): string {
    const value = this.evaluation.valueOf(expression, timeframe);
    if (Number.isNaN(value)) return 'unknown';
    if (typeof expression.type === 'object') return `"${expression.type.oneOf[value] ?? value}"`;
    return numberText(value);
  }
}

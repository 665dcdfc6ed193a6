import type { Expression, LogicExpression, WordExpression } from './expression.js';

/** Says a crossing in simpler words: where the two stood one bar ago, and where they stand now. */
export function crossingOf({ word, inputs, range }: WordExpression): LogicExpression {
  const [value, level] = inputs as readonly [Expression, Expression];
  const isUp = word === 'crossesAbove';
  const before = compare(ago(value), isUp ? '<=' : '>=', ago(level));
  const now = compare(value, isUp ? '>' : '<', level);
  const text = `${before.text} && ${now.text}`;
  return { kind: 'logic', operator: '&&', type: 'condition', left: before, right: now, text, range };
}

/** The value one bar ago. */
export function ago(value: Expression): Expression {
  if (value.kind === 'constant') return value;
  const { type, range } = value;
  return {
    kind: 'word',
    word: 'ago',
    type,
    inputs: [value],
    settings: [1],
    text: `ago(${value.text}, 1)`,
    range,
  };
}

function compare(left: Expression, operator: '<' | '>' | '<=' | '>=', right: Expression): Expression {
  const { range } = left;
  const text = `(${left.text} ${operator} ${right.text})`;
  return { kind: 'comparison', operator, type: 'condition', left, right, text, range };
}

import type { ComparisonOperator, LogicOperator } from '../language/syntax.js';
import { inputAt, type Cell, type CellMaker, type CellParts } from './cell.js';

/** A logic cell is unknown only where something it reads is, and that has its own reason. */
const READS_UNKNOWN = 'depends on something unknown';

function compare(
  { host: { values }, slot, inputs }: CellParts,
  holds: (a: number, b: number) => boolean,
): Cell {
  const left = inputAt(inputs, 0);
  const right = inputAt(inputs, 1);
  return {
    step: () => {
      const a = values[left] as number;
      const b = values[right] as number;
      // NaN differs from itself; the difference is cheaper than two calls.
      values[slot] = a !== a || b !== b ? NaN : holds(a, b) ? 1 : 0;
    },
    why: () => READS_UNKNOWN,
  };
}

/** Makers of the comparisons: unknown where either side is. */
export const COMPARISON_CELLS: Record<ComparisonOperator, CellMaker> = {
  '<': (parts) => compare(parts, (a, b) => a < b),
  '<=': (parts) => compare(parts, (a, b) => a <= b),
  '>': (parts) => compare(parts, (a, b) => a > b),
  '>=': (parts) => compare(parts, (a, b) => a >= b),
  '==': (parts) => compare(parts, (a, b) => a === b),
  '!=': (parts) => compare(parts, (a, b) => a !== b),
};

/**
 * Makers of "and" and "or" over true, false and unknown (Kleene): false decides an "and" and true an "or" whatever the
 * other side is; otherwise an unknown side makes the whole unknown. Both sides always run, for their memory's sake.
 */
export const LOGIC_CELLS: Record<LogicOperator, CellMaker> = {
  '&&': ({ host: { values }, slot, inputs }) => {
    const left = inputAt(inputs, 0);
    const right = inputAt(inputs, 1);
    const step = () => {
      const a = values[left] as number;
      const b = values[right] as number;
      values[slot] = a === 0 || b === 0 ? 0 : a * b;
    };
    return { step, why: () => READS_UNKNOWN };
  },
  '||': ({ host: { values }, slot, inputs }) => {
    const left = inputAt(inputs, 0);
    const right = inputAt(inputs, 1);
    const step = () => {
      const a = values[left] as number;
      const b = values[right] as number;
      values[slot] = a === 1 || b === 1 ? 1 : a + b;
    };
    return { step, why: () => READS_UNKNOWN };
  },
};

/** Makes "not": what is unknown stays unknown. */
export const notCell: CellMaker = ({ host: { values }, slot, inputs }) => {
  const operand = inputAt(inputs, 0);
  const step = () => {
    values[slot] = 1 - (values[operand] as number);
  };
  return { step, why: () => READS_UNKNOWN };
};

/** Makes "condition ? one : other". */
export const choiceCell: CellMaker = ({ host: { values }, slot, inputs }) => {
  const condition = inputAt(inputs, 0);
  const then = inputAt(inputs, 1);
  const otherwise = inputAt(inputs, 2);
  const step = () => {
    const chosen = values[condition] as number;
    values[slot] =
      chosen === 1 ? (values[then] as number) : chosen === 0 ? (values[otherwise] as number) : NaN;
  };
  return { step, why: () => READS_UNKNOWN };
};

/** Makes "value in [items]": the first input is the value. */
export const membershipCell: CellMaker = ({ host: { values }, slot, inputs: [value = 0, ...items] }) => {
  const step = () => {
    const wanted = values[value] as number;
    let answer = wanted === wanted ? 0 : NaN;
    for (const item of items) {
      const candidate = values[item] as number;
      if (candidate === wanted) {
        answer = 1;
        break;
      }
      if (candidate !== candidate) answer = NaN;
    }
    values[slot] = answer;
  };
  return { step, why: () => READS_UNKNOWN };
};

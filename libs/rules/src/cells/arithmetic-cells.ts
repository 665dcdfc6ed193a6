import type { ArithmeticOperator } from '../language/syntax.js';
import { inputAt, type Cell, type CellMaker, type CellParts } from './cell.js';

const TOO_LARGE = 'the result is too large';
const DIVIDED_BY_ZERO = 'divided by zero';

/** A result that no double holds is unknown. */
function known(result: number): number {
  return result - result === 0 ? result : NaN;
}

function binary(
  { host: { values }, slot, inputs }: CellParts,
  apply: (a: number, b: number) => number,
  why: string,
): Cell {
  const left = inputAt(inputs, 0);
  const right = inputAt(inputs, 1);
  return {
    step: () => {
      values[slot] = known(apply(values[left] as number, values[right] as number));
    },
    why: () => why,
  };
}

/** Makers of the arithmetic operators. A division by zero is unknown, not infinite. */
export const ARITHMETIC_CELLS: Record<ArithmeticOperator, CellMaker> = {
  '+': (parts) => binary(parts, (a, b) => a + b, TOO_LARGE),
  '-': (parts) => binary(parts, (a, b) => a - b, TOO_LARGE),
  '*': (parts) => binary(parts, (a, b) => a * b, TOO_LARGE),
  '/': (parts) => binary(parts, (a, b) => (b === 0 ? NaN : a / b), DIVIDED_BY_ZERO),
  '%': (parts) => binary(parts, (a, b) => (b === 0 ? NaN : a % b), DIVIDED_BY_ZERO),
};

/** Makes the lower and the higher of two. */
export const minCell: CellMaker = (parts) => binary(parts, Math.min, TOO_LARGE);
export const maxCell: CellMaker = (parts) => binary(parts, Math.max, TOO_LARGE);

function unary({ host: { values }, slot, inputs }: CellParts, apply: (a: number) => number): Cell {
  const operand = inputAt(inputs, 0);
  return {
    step: () => {
      values[slot] = apply(values[operand] as number);
    },
    why: () => TOO_LARGE,
  };
}

export const absCell: CellMaker = (parts) => unary(parts, Math.abs);
export const minusCell: CellMaker = (parts) => unary(parts, (value) => -value);

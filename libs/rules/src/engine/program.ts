import type { ArithmeticOperator, ComparisonOperator, LogicOperator } from '../language/syntax.js';

/** What an instruction does. `call` runs a cell that has a memory of its own; all others read slots and write one. */
export type Operation =
  | 'call'
  | ArithmeticOperator
  | ComparisonOperator
  | LogicOperator
  | 'not'
  | 'minus'
  | 'choice'
  | 'abs'
  | 'min'
  | 'max';

const CODES: Record<Operation, number> = {
  call: 0,
  '+': 1,
  '-': 2,
  '*': 3,
  '/': 4,
  '%': 5,
  '<': 6,
  '<=': 7,
  '>': 8,
  '>=': 9,
  '==': 10,
  '!=': 11,
  '&&': 12,
  '||': 13,
  not: 14,
  minus: 15,
  choice: 16,
  abs: 17,
  min: 18,
  max: 19,
};

/** Numbers of one instruction: code, slot written, up to three slots read (or the number of the cell that is called). */
const WIDTH = 5;

/** One instruction as it is planned. */
export interface Instruction {
  readonly operation: Operation;
  readonly slot: number;
  readonly inputs: readonly number[];
}

/**
 * Lays instructions out as numbers. The program of a timeframe is shared by all symbols, which keep nothing but their
 * values and the cells with a memory: so judging many rules on many symbols stays within the processor's caches.
 */
export function assemble(instructions: readonly Instruction[]): Int32Array {
  const program = new Int32Array(instructions.length * WIDTH);
  instructions.forEach(({ operation, slot, inputs }, index) => {
    program.set([CODES[operation], slot, ...inputs], index * WIDTH);
  });
  return program;
}

/**
 * Runs a program over the values of one series. NaN is unknown: a comparison is unknown where either side is, a division
 * by zero and what no double holds are unknown, and logic is Kleene's: false decides an "and" and true an "or" whatever
 * the other side is.
 */
export function execute(program: Int32Array, values: Float64Array, steps: readonly (() => void)[]): void {
  for (let at = 0; at < program.length; at += WIDTH) {
    const slot = program[at + 1] as number;
    const code = program[at] as number;
    if (code === 0) {
      (steps[program[at + 2] as number] as () => void)();
      continue;
    }
    const a = values[program[at + 2] as number] as number;
    const b = values[program[at + 3] as number] as number;
    values[slot] =
      code === 16 ? choose(a, b, values[program[at + 4] as number] as number) : compute(code, a, b);
  }
}

function choose(condition: number, then: number, otherwise: number): number {
  return condition === 1 ? then : condition === 0 ? otherwise : NaN;
}

/** In the order of {@link CODES}. A comparison that is neither true nor false has an unknown side. */
function compute(code: number, a: number, b: number): number {
  switch (code) {
    case 1:
      return known(a + b);
    case 2:
      return known(a - b);
    case 3:
      return known(a * b);
    case 4:
      return b === 0 ? NaN : known(a / b);
    case 5:
      return b === 0 ? NaN : known(a % b);
    case 6:
      return a < b ? 1 : a >= b ? 0 : NaN;
    case 7:
      return a <= b ? 1 : a > b ? 0 : NaN;
    case 8:
      return a > b ? 1 : a <= b ? 0 : NaN;
    case 9:
      return a >= b ? 1 : a < b ? 0 : NaN;
    case 10:
      return a === b ? 1 : a < b || a > b ? 0 : NaN;
    case 11:
      return a === b ? 0 : a < b || a > b ? 1 : NaN;
    case 12:
      return a === 0 || b === 0 ? 0 : a * b;
    case 13:
      return a === 1 || b === 1 ? 1 : a + b;
    case 14:
      return 1 - a;
    case 15:
      return -a;
    case 17:
      return Math.abs(a);
    case 18:
      return Math.min(a, b);
    case 19:
      return Math.max(a, b);
    default:
      throw new RangeError(`no operation ${code}`);
  }
}

/** A result that no double holds is unknown. */
function known(result: number): number {
  return result - result === 0 ? result : NaN;
}

/** Why the result of an operation is unknown although everything it reads is known. */
export function whyUnknown(operation: Operation): string {
  return operation === '/' || operation === '%' ? 'divided by zero' : 'the result is too large';
}

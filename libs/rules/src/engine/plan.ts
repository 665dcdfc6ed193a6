import type { Timeframe } from '@libs/bars';
import type { CellMaker } from '../cells/cell.js';
import { membershipCell } from '../cells/membership-cell.js';
import { THIS_BAR, unionOf, widened, type Lookback } from '../cells/reach.js';
import { FIELD_SLOTS, WORD_CELLS } from '../cells/word-cells.js';
import { crossingOf } from '../language/crossing.js';
import { partsOf, type Expression, type WordExpression } from '../language/expression.js';
import { BAR_FIELDS, isBarField } from '../language/vocabulary.js';
import { assemble, whyUnknown, type Instruction, type Operation } from './program.js';

/** How one cell with a memory is made in every series of a timeframe. */
export interface PlannedCell {
  readonly slot: number;
  readonly make: CellMaker;
  readonly inputs: readonly number[];
  readonly settings: readonly (number | string)[];
}

/**
 * Everything that is computed at each bar of one timeframe, in an order in which nothing is read before it is computed.
 * Expressions with the same text share one cell, whichever rule they come from.
 */
export class FramePlan {
  /** Values that never change, by slot. */
  readonly constants: { slot: number; value: number }[] = [];
  readonly cells: PlannedCell[] = [];
  private readonly instructions: Instruction[] = [];
  private readonly operations = new Map<number, Operation>();
  private assembled: Int32Array | undefined;
  private readonly slots = new Map<string, number>(Object.entries(FIELD_SLOTS));
  private readonly lookbacks: Lookback[];

  constructor(
    readonly timeframe: Timeframe,
    private readonly planOf: (timeframe: Timeframe) => FramePlan,
  ) {
    const bar: Lookback = new Map([[timeframe, THIS_BAR]]);
    this.lookbacks = BAR_FIELDS.map(() => bar);
  }

  /** How many slots a series of this plan needs. */
  get size(): number {
    return this.lookbacks.length;
  }

  /** Slot of an expression that was added, by its canonical text. */
  slotOf(text: string): number | undefined {
    return this.slots.get(text);
  }

  /** Everything that happens at a bar, in order; `call` names a cell by its place in {@link cells}. */
  get program(): Int32Array {
    this.assembled ??= assemble(this.instructions);
    return this.assembled;
  }

  /** Why a slot that is computed from others is unknown although they are known; `undefined` for other slots. */
  whyUnknown(slot: number): string | undefined {
    const operation = this.operations.get(slot);
    return operation && whyUnknown(operation);
  }

  /** Which bars decide the value of a slot. */
  lookbackOf(slot: number): Lookback {
    return this.lookbacks[slot] ?? new Map();
  }

  /** Plans an expression and all it is made of; returns its slot. */
  add(expression: Expression): number {
    const known = this.slots.get(expression.text);
    if (known !== undefined) return known;
    const slot = this.place(expression);
    this.slots.set(expression.text, slot);
    return slot;
  }

  private place(expression: Expression): number {
    switch (expression.kind) {
      case 'constant': {
        const slot = this.reserve(new Map());
        this.constants.push({ slot, value: expression.value });
        return slot;
      }
      case 'word':
        return this.placeWord(expression);
      case 'not':
      case 'minus':
      case 'choice':
        return this.placeOperation(expression, expression.kind);
      case 'arithmetic':
      case 'comparison':
      case 'logic':
        return this.placeOperation(expression, expression.operator);
      case 'in':
        return this.placeMembership(expression);
      case 'on':
        return this.placeOther(expression.timeframe, expression.inner);
    }
  }

  private placeWord(expression: WordExpression): number {
    const { word, settings } = expression;
    if (isBarField(word)) return FIELD_SLOTS[word];
    if (word === 'crossesAbove' || word === 'crossesBelow') return this.add(crossingOf(expression));
    if (word === 'on') throw new TypeError('another timeframe is an expression of its own kind');
    if (word === 'abs' || word === 'min' || word === 'max') return this.placeOperation(expression, word);
    const { make, reach, widens } = WORD_CELLS[word];
    const inputs = expression.inputs.map((input) => this.add(input));
    const own: Lookback = new Map([[this.timeframe, reach(settings)]]);
    const atOneBar = unionOf([own, ...inputs.map((input) => this.lookbackOf(input))]);
    return this.placeCell(make, inputs, settings, widened(atOneBar, this.timeframe, widens(settings)));
  }

  private placeOperation(expression: Expression, operation: Operation): number {
    const inputs = partsOf(expression).map((part) => this.add(part));
    const slot = this.reserve(unionOf(inputs.map((input) => this.lookbackOf(input))));
    this.instructions.push({ operation, slot, inputs });
    this.operations.set(slot, operation);
    return slot;
  }

  private placeMembership(expression: Expression): number {
    const inputs = partsOf(expression).map((part) => this.add(part));
    return this.placeCell(membershipCell, inputs, [], unionOf(inputs.map((input) => this.lookbackOf(input))));
  }

  private placeOther(timeframe: Timeframe, inner: Expression): number {
    const other = this.planOf(timeframe);
    const otherSlot = other.add(inner);
    const make: CellMaker = ({ host, slot }) => ({
      step: () => {
        host.values[slot] = host.valueOn(timeframe, otherSlot);
      },
      why: () => `no closed bar of ${timeframe} yet`,
    });
    return this.placeCell(make, [], [], other.lookbackOf(otherSlot));
  }

  private placeCell(
    make: CellMaker,
    inputs: readonly number[],
    settings: readonly (number | string)[],
    lookback: Lookback,
  ): number {
    const slot = this.reserve(lookback);
    this.instructions.push({ operation: 'call', slot, inputs: [this.cells.length] });
    this.cells.push({ slot, make, inputs, settings });
    return slot;
  }

  private reserve(lookback: Lookback): number {
    return this.lookbacks.push(lookback) - 1;
  }
}

/** What is computed for every symbol, by timeframe. */
export class DeskPlan {
  readonly frames = new Map<Timeframe, FramePlan>();

  frame(timeframe: Timeframe): FramePlan {
    const known = this.frames.get(timeframe);
    if (known !== undefined) return known;
    const frame = new FramePlan(timeframe, (other) => this.frame(other));
    this.frames.set(timeframe, frame);
    return frame;
  }
}

import { REGULAR_SALE, type SaleRule } from './sale-rule.js';
import {
  UPDATES_ALL,
  UPDATES_HIGH_LOW,
  UPDATES_OPEN_CLOSE,
  UPDATES_VOLUME,
  UPDATES_VWAP,
} from './trade-batch.js';

const LETTERS: readonly (readonly [letter: string, update: number])[] = [
  ['O', UPDATES_OPEN_CLOSE],
  ['H', UPDATES_HIGH_LOW],
  ['V', UPDATES_VOLUME],
  ['A', UPDATES_VWAP],
];
const NOTHING = '-';

/**
 * Cell of a trade in this desk's own recordings: what it may update, as the vendor's conditions were read when it came.
 * Empty for an ordinary sale, `-` for one that updates nothing, else letters: `O` open and close, `H` high and low, `V`
 * volume, `A` average price.
 */
export function recordedCell(updates: number): string {
  return CELLS[updates] ?? cellOf(updates);
}

function cellOf(updates: number): string {
  if (updates === UPDATES_ALL) return '';
  const letters = LETTERS.filter(([, update]) => (updates & update) !== 0).map(([letter]) => letter);
  return letters.length === 0 ? NOTHING : letters.join('');
}

/** Of every set of updates there is: a cell is made for each trade that is recorded. */
const CELLS = Array.from({ length: UPDATES_ALL + 1 }, (_, updates) => cellOf(updates));

/** Rule of a cell that {@link recordedCell} wrote. */
export function recordedSaleRule(cell: string): SaleRule {
  if (cell === '') return REGULAR_SALE;
  const unknownCodes = cell.match(/[^OHVA-]/g) ?? [];
  const updates = LETTERS.reduce((sum, [letter, update]) => (cell.includes(letter) ? sum | update : sum), 0);
  const allowed = unknownCodes.length === 0 ? updates : UPDATES_VOLUME;
  return { inRegularHours: allowed, outsideRegularHours: allowed, unknownCodes };
}

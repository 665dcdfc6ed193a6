import type { SaleRule } from './sale-rule.js';
import {
  UPDATES_ALL,
  UPDATES_HIGH_LOW,
  UPDATES_OPEN_CLOSE,
  UPDATES_VOLUME,
  UPDATES_VWAP,
} from './trade-batch.js';

const VOLUME = UPDATES_VOLUME | UPDATES_VWAP;
const FORM_T = 12;

/**
 * Consolidated update rules by condition id, for US stocks. Source: Massive's conditions reference
 * (`/v3/reference/conditions`) as of 2026; conditions that update the last price only as the first or only sale of the
 * day are published as "does not update open/close" and stand so here.
 */
const updatesOfId: ReadonlyMap<number, number> = new Map([
  ...group(
    UPDATES_ALL,
    [0, 1, 3, 4, 6, 8, 9, 11, 14, 17, 18, 19, 23, 24, 25, 27, 28, 30, 31, 34, 35, 36, 41, 55],
  ),
  // bunched sold, derivatively priced, prior reference price, sold out of sequence
  ...group(UPDATES_HIGH_LOW | VOLUME, [5, 10, 22, 32, 33]),
  // average price, cash, extended hours sold late, next day, price variation, seller, odd lot, contingent
  ...group(VOLUME, [2, 7, 13, 20, 21, 29, 37, 52, 53]),
  // official close and open: reports of an auction, not trades of their own
  ...group(0, [15, 16]),
  // corrected consolidated close: a price whose volume was counted before
  ...group(UPDATES_HIGH_LOW | UPDATES_OPEN_CLOSE, [38]),
]);

function group(updates: number, ids: readonly number[]): [number, number][] {
  return ids.map((id) => [id, updates]);
}

/**
 * Rule of a cell of condition ids separated by space, semicolon, plus or bar; an empty cell is an ordinary sale. Several
 * ids allow what all of them allow. Form T (extended hours) sets prices outside the regular session only.
 */
export function massiveSaleRule(cell: string): SaleRule {
  let inRegularHours = UPDATES_ALL;
  let outsideRegularHours = UPDATES_ALL;
  const unknownCodes: string[] = [];
  for (const code of cell.split(/[ ;+|]+/)) {
    if (code === '') continue;
    const id = /^\d{1,4}$/.test(code) ? Number(code) : NaN;
    if (id === FORM_T) {
      inRegularHours &= VOLUME;
      continue;
    }
    const allowed = updatesOfId.get(id);
    if (allowed === undefined) unknownCodes.push(code);
    inRegularHours &= allowed ?? UPDATES_VOLUME;
    outsideRegularHours &= allowed ?? UPDATES_VOLUME;
  }
  return { inRegularHours, outsideRegularHours, unknownCodes };
}

import { REGULAR_SALE, type SaleRule } from './sale-rule.js';
import { UPDATES_ALL, UPDATES_VOLUME, UPDATES_VWAP } from './trade-batch.js';

/** Bits of the 32-bit mask, named as in the trade-condition flags of the Lean engine. */
const REGULAR = 0x0000_0001;
const CASH = 0x0000_0002;
const NEXT_DAY = 0x0000_0004;
const INTERMARKET_SWEEP = 0x0000_0020;
const EXTENDED_HOURS = 0x0000_2000;
const OFFICIAL_CLOSE = 0x0100_0000;
const OFFICIAL_OPEN = 0x0400_0000;
const TRADE_THROUGH_EXEMPT = 0x2000_0000;

const MASK_PATTERN = /^[0-9a-f]{1,8}$/i;
const VOLUME_ONLY = UPDATES_VOLUME | UPDATES_VWAP;

/**
 * Rule of a Lean equity mask (hex, no `0x`); an empty cell (futures, crypto) is an ordinary sale. The table is the one
 * that reproduces the vendor's own bars, found by fitting: price and volume are separate switches, so a trade outside
 * the eligible prices still adds its volume.
 */
export function leanSaleRule(cell: string): SaleRule {
  if (cell === '') return REGULAR_SALE;
  if (!MASK_PATTERN.test(cell)) return everywhere(UPDATES_VOLUME, [cell]);
  return everywhere(updatesOfMask(Number.parseInt(cell, 16)));
}

function updatesOfMask(mask: number): number {
  const has = (bits: number): boolean => (mask & bits) !== 0;
  // Reports of an auction, not trades of their own: the auction's print has already been counted.
  if (has(OFFICIAL_CLOSE | OFFICIAL_OPEN)) return 0;
  if (has(EXTENDED_HOURS)) return UPDATES_ALL;
  if (has(INTERMARKET_SWEEP)) return VOLUME_ONLY;
  if (has(TRADE_THROUGH_EXEMPT) && !has(REGULAR | CASH | NEXT_DAY)) return VOLUME_ONLY;
  return UPDATES_ALL;
}

function everywhere(updates: number, unknownCodes: readonly string[] = []): SaleRule {
  return { inRegularHours: updates, outsideRegularHours: updates, unknownCodes };
}

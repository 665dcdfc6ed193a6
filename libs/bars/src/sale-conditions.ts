import { leanSaleRule } from './sale-conditions-lean.js';
import { massiveSaleRule } from './sale-conditions-massive.js';
import { recordedSaleRule } from './sale-conditions-recorded.js';
import { REGULAR_SALE, type SaleRule } from './sale-rule.js';
import { UPDATES_VOLUME } from './trade-batch.js';
import type { EpochMs } from './units.js';

export type { SaleRule } from './sale-rule.js';

/**
 * Changes whenever a table here changes what a trade may update: records made under another version are other records.
 */
export const SALE_CONDITIONS_VERSION = 1;

/** The sale-condition table of one dialect. */
export interface SaleConditions {
  /** Rule of a conditions cell as it stands in a trade file or message. Cells seen before cost one map lookup. */
  ruleOf(cell: string): SaleRule;
}

/** Tells whether an instant lies in the regular session of the market the trades come from. */
export type IsRegularHours = (tsMs: EpochMs) => boolean;

/** Far more than any feed has combinations; a hostile file with ever new cells costs time, not memory. */
const REMEMBERED_CELLS = 4_096;
const LONGEST_REMEMBERED_CELL = 64;

const ruleMakers: Readonly<Record<string, (cell: string) => SaleRule>> = {
  lean: leanSaleRule,
  massive: massiveSaleRule,
  recorded: recordedSaleRule,
};

/**
 * Table of a dialect: `lean` and `massive` (US equities) and `recorded` (own recordings) have one; in every other dialect
 * (crypto venues) each trade updates everything, whatever its conditions say about the aggressor's side.
 */
export function saleConditionsOf(dialect: string): SaleConditions {
  const makeRule = Object.hasOwn(ruleMakers, dialect) ? ruleMakers[dialect] : undefined;
  if (makeRule === undefined) return { ruleOf: () => REGULAR_SALE };
  const remembered = new Map<string, SaleRule>();
  return {
    ruleOf: (cell) => {
      let rule = remembered.get(cell);
      if (rule === undefined) {
        rule = makeRule(cell);
        if (cell.length > LONGEST_REMEMBERED_CELL) return rule;
        if (remembered.size >= REMEMBERED_CELLS) remembered.clear();
        remembered.set(cell, rule);
      }
      return rule;
    },
  };
}

/**
 * What one trade may update, as bits of `UPDATES_*`. A print its source flagged as suspicious adds its volume and
 * nothing else. `isRegularHours` is only asked where the rule differs between the parts of the day.
 */
export function updatesOf(
  rule: SaleRule,
  isSuspicious: boolean,
  tsMs: EpochMs,
  isRegularHours: IsRegularHours,
): number {
  const { inRegularHours, outsideRegularHours } = rule;
  const allowed =
    inRegularHours === outsideRegularHours || isRegularHours(tsMs) ? inRegularHours : outsideRegularHours;
  return isSuspicious ? allowed & UPDATES_VOLUME : allowed;
}

import { UPDATES_ALL } from './trade-batch.js';

/** What the conditions of a trade allow, as bits of `UPDATES_*`. Most rules say the same for both parts of the day. */
export interface SaleRule {
  readonly inRegularHours: number;
  readonly outsideRegularHours: number;
  /** Codes the dialect's table does not know; a trade that carries one adds its volume and sets no price. */
  readonly unknownCodes: readonly string[];
}

/** The ordinary sale. */
export const REGULAR_SALE: SaleRule = {
  inRegularHours: UPDATES_ALL,
  outsideRegularHours: UPDATES_ALL,
  unknownCodes: [],
};

import { amountNumber, decimalOf, multiply, product, type Amount } from '../money/decimal.js';
import type { Trade } from '../trips/trade.js';

/** A trade measured in R: what would have been lost at the planned stop. */
export interface RiskMeasure {
  /** Money lost if every entry had been stopped at the planned stop, before fees; above 0. */
  readonly risk: Amount;
  /** Planned reward in R; `null` without a target. */
  readonly plannedR: number | null;
  /** Net result in R; `null` while the trade is open. */
  readonly realisedR: number | null;
}

/**
 * Measures a trade by its plan; prices are decimal texts. `null` without a stop, and for a stop on the wrong side of the
 * average entry, which risks nothing that could be measured.
 * @throws RangeError if a price cannot be read
 */
export function riskOf(
  trade: Trade,
  plan: { readonly stop: string | null; readonly target: string | null },
): RiskMeasure | null {
  if (plan.stop === null) return null;
  const risk = -moneyAt(trade, plan.stop);
  if (risk <= 0n) return null;
  const net = trade.closedAtMs === null ? null : Number(trade.net);
  return {
    risk,
    plannedR: plan.target === null ? null : amountNumber(moneyAt(trade, plan.target)) / amountNumber(risk),
    realisedR: net === null ? null : net / amountNumber(risk),
  };
}

/** Money all entries would make if they were closed at a price. */
function moneyAt({ legs, direction, multiplier }: Trade, price: string): Amount {
  const point = decimalOf(multiplier);
  const exit = multiply(decimalOf(price), point);
  const long = legs
    .filter(({ role }) => role === 'entry')
    .reduce(
      (total, leg) => total + product(exit - multiply(decimalOf(leg.price), point), decimalOf(leg.quantity)),
      0n,
    );
  return direction === 'long' ? long : -long;
}

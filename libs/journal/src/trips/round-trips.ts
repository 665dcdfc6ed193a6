import {
  amountOf,
  amountText,
  decimalOf,
  decimalText,
  perUnit,
  product,
  type Amount,
  type Decimal,
} from '../money/decimal.js';
import { inTimeOrder, type Fill } from '../fills/fill.js';
import { matchFills, type Match, type OpenLot } from './match-fills.js';
import type { Grouping, Leg, Trade } from './trade.js';

interface Gathered {
  readonly opening: Fill;
  readonly isLong: boolean;
  readonly entries: Map<string, Part>;
  readonly exits: Map<string, Part>;
  gross: Amount;
  fees: Decimal;
  open: Decimal;
}

interface Part {
  readonly fill: Fill;
  quantity: Decimal;
}

/**
 * Round trips of the fills, in the order they were opened. Whatever the grouping, the same money is in them: the sum of
 * `gross` is what the matched parts earned, the sum of `fees` their share of the fees.
 * @throws RangeError as {@link matchFills} does
 */
export function roundTrips(fills: readonly Fill[], grouping: Grouping): Trade[] {
  const ordered = inTimeOrder(fills);
  const { matches, open } = matchFills(ordered);
  const groups = new Map<string, Gathered>();
  for (const match of matches) addMatch(groupOf(groups, match, grouping), match);
  for (const lot of open) addOpen(groupOf(groups, lot, grouping), lot);
  const order = new Map(ordered.map(({ id }, place) => [id, place]));
  const placeOf = ({ opening }: Gathered): number => order.get(opening.id) ?? 0;
  return [...groups.values()]
    .sort((a, b) => placeOf(a) - placeOf(b))
    .map((group) => tradeOf(group, grouping, order));
}

function groupOf(groups: Map<string, Gathered>, part: Match | OpenLot, grouping: Grouping): Gathered {
  const opening = grouping === 'position' ? part.opening : part.entry;
  const known = groups.get(opening.id);
  if (known !== undefined) return known;
  const group: Gathered = {
    opening,
    isLong: part.isLong,
    entries: new Map(),
    exits: new Map(),
    gross: 0n,
    fees: 0n,
    open: 0n,
  };
  groups.set(opening.id, group);
  return group;
}

function addMatch(group: Gathered, { entry, exit, quantity, gross, fees }: Match): void {
  addPart(group.entries, entry, quantity);
  addPart(group.exits, exit, quantity);
  group.gross += gross;
  group.fees += fees;
}

function addOpen(group: Gathered, { entry, quantity }: OpenLot): void {
  addPart(group.entries, entry, quantity);
  group.open += quantity;
}

function addPart(parts: Map<string, Part>, fill: Fill, quantity: Decimal): void {
  const part = parts.get(fill.id) ?? { fill, quantity: 0n };
  part.quantity += quantity;
  parts.set(fill.id, part);
}

function tradeOf(group: Gathered, grouping: Grouping, order: ReadonlyMap<string, number>): Trade {
  const { opening, entries, exits, gross, fees, open } = group;
  const { broker, account, symbol, currency, multiplier } = opening;
  const legs = [...legsOf(entries, 'entry'), ...legsOf(exits, 'exit')].sort(
    (a, b) => (order.get(a.fillId) ?? 0) - (order.get(b.fillId) ?? 0),
  );
  return {
    id: `${grouping}:${opening.id}`,
    grouping,
    ...{ broker, account, symbol, currency, multiplier },
    direction: group.isLong ? 'long' : 'short',
    openedAtMs: opening.atMs,
    closedAtMs: open === 0n ? lastOf(exits) : null,
    quantity: decimalText(unitsOf(entries)),
    openQuantity: decimalText(open),
    entryPrice: averagePrice(entries),
    exitPrice: exits.size === 0 ? null : averagePrice(exits),
    gross: amountText(gross),
    fees: decimalText(fees),
    net: amountText(gross - amountOf(fees)),
    legs,
  };
}

function legsOf(parts: ReadonlyMap<string, Part>, role: Leg['role']): Leg[] {
  return [...parts.values()].map(({ fill: { id, price, atMs, precisionMs }, quantity }) => ({
    fillId: id,
    role,
    quantity: decimalText(quantity),
    price,
    atMs,
    precisionMs,
  }));
}

function unitsOf(parts: ReadonlyMap<string, Part>): Decimal {
  return [...parts.values()].reduce((total, { quantity }) => total + quantity, 0n);
}

function averagePrice(parts: ReadonlyMap<string, Part>): string {
  const paid = [...parts.values()].reduce(
    (total, { fill, quantity }) => total + product(decimalOf(fill.price), quantity),
    0n,
  );
  return decimalText(perUnit(paid, unitsOf(parts)));
}

function lastOf(parts: ReadonlyMap<string, Part>): number {
  return [...parts.values()].reduce((last, { fill }) => Math.max(last, fill.atMs), -Infinity);
}

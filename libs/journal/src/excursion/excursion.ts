import type { DurationMs, EpochMs } from '@libs/bars';
import type { Leg, Trade } from '../trips/trade.js';

/** Highest and lowest price traded within `[startMs, endMs)`. */
export interface PriceRange {
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly high: number;
  readonly low: number;
}

/** Prices of a stretch of time, from bars or, with ranges of a single instant, from trades. */
export interface PriceRecord {
  /** Ascending, not overlapping. A time without one saw no trade. */
  readonly ranges: readonly PriceRange[];
  /** The record is complete within `[fromMs, toMs)`. */
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  /** Length of the longest range: the resolution all this is known at. */
  readonly resolutionMs: DurationMs;
}

/** A true value lies between these; money before fees. */
export interface Bounds {
  readonly low: number;
  /** `null`: the record does not cover the trade, so nothing bounds it on this side. */
  readonly high: number | null;
}

/** How far a trade ran for and against its holder while it was held. */
export interface Excursion {
  /** Largest gain seen at any moment, closed parts included; at or above 0. */
  readonly favourable: Bounds;
  /** Largest loss seen at any moment, closed parts included, as a positive number. */
  readonly adverse: Bounds;
  readonly resolutionMs: DurationMs;
  /** Whether the record covers the whole trade. */
  readonly isCovered: boolean;
}

interface Held {
  /** Money taken in less money paid, per point times quantity. */
  readonly cash: number;
  /** Signed units times multiplier. */
  readonly units: number;
  /** The fills at both ends happened within these. */
  readonly begin: Span;
  readonly end: Span;
}

interface Span {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/**
 * Bounds of the largest gain and loss of a trade while it was held. A range wholly between two fills was certainly lived
 * through and raises the lower bound; one that only touches the time of holding, within the precision of both clocks, can
 * only raise the upper bound. An open trade is measured up to the end of the record.
 */
export function excursionOf(trade: Trade, record: PriceRecord): Excursion {
  const stretches = stretchesOf(trade, record.toMs);
  const certain = { best: 0, worst: 0 };
  const possible = { best: 0, worst: 0 };
  const note = (range: { best: number; worst: number }, value: number): void => {
    range.best = Math.max(range.best, value);
    range.worst = Math.min(range.worst, value);
  };
  for (const leg of valuesAtFills(trade)) {
    note(certain, leg);
    note(possible, leg);
  }
  for (const { cash, units, begin, end } of stretches) {
    for (const { startMs, endMs, high, low } of touching(record.ranges, begin.fromMs, end.toMs)) {
      for (const price of [high, low]) {
        note(possible, cash + units * price);
        if (startMs >= begin.toMs && endMs <= end.fromMs) note(certain, cash + units * price);
      }
    }
  }
  const isCovered = stretches.every(
    ({ begin, end }) => begin.fromMs >= record.fromMs && end.toMs <= record.toMs,
  );
  return {
    favourable: { low: certain.best, high: isCovered ? possible.best : null },
    adverse: { low: 0 - certain.worst, high: isCovered ? 0 - possible.worst : null },
    resolutionMs: record.resolutionMs,
    isCovered,
  };
}

/** The times between fills, with what was held. */
function stretchesOf(trade: Trade, recordEndMs: EpochMs): Held[] {
  const { legs } = trade;
  const held = heldAfter(trade);
  return legs.flatMap((leg, place) => {
    const state = held[place];
    const next = legs[place + 1];
    if (state === undefined || (next === undefined && trade.closedAtMs !== null)) return [];
    const end = next === undefined ? { fromMs: recordEndMs, toMs: recordEndMs } : spanOf(next);
    return [{ ...state, begin: spanOf(leg), end }];
  });
}

function spanOf({ atMs, precisionMs }: Leg): Span {
  return { fromMs: atMs, toMs: atMs + precisionMs };
}

/** Money and units after each leg. */
function heldAfter({ legs, direction, multiplier }: Trade): { cash: number; units: number }[] {
  let [cash, units] = [0, 0];
  return legs.map((leg) => {
    const isBuy = (leg.role === 'entry') === (direction === 'long');
    const change = Number(leg.quantity) * Number(multiplier) * (isBuy ? 1 : -1);
    units += change;
    cash -= change * Number(leg.price);
    return { cash, units };
  });
}

/** What the trade was worth at each fill, at the price of that fill. */
function valuesAtFills(trade: Trade): number[] {
  const held = heldAfter(trade);
  return trade.legs.map(({ price }, place) => {
    const { cash, units } = held[place] ?? { cash: 0, units: 0 };
    return cash + units * Number(price);
  });
}

/** Ranges that share a moment with `[fromMs, toMs]`; the end belongs to it, because a fill may be at it. */
function touching(ranges: readonly PriceRange[], fromMs: EpochMs, toMs: EpochMs): readonly PriceRange[] {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle] as PriceRange).endMs <= fromMs) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < ranges.length && (ranges[end] as PriceRange).startMs <= toMs) end += 1;
  return ranges.slice(low, end);
}

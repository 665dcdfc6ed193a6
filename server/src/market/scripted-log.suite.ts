import { TIMEFRAMES, timeframeMs, type Bar, type Timeframe } from '@libs/bars';
import * as fc from 'fast-check';
import type { LogAlert, LoggedEvent } from './logged-alert.js';
import type { LoggedBar } from './logged-bar.js';

/** Where scenario logs start: a whole number of every timeframe up to 4h. */
const START_MINUTE = 29_381_040;
const MINUTE_MS = 60_000;

/** What a scenario log is made of. */
export interface LogScript {
  /** For each minute, which symbols traded in it, by index. */
  readonly minutes: readonly (readonly boolean[])[];
  readonly symbols: readonly string[];
  readonly timeframes: readonly Timeframe[];
  /** Offset of the first event; above 1 where another record was written before this one. */
  readonly firstOffset?: number;
  /** After which events (by index) an official correction of an earlier bar (by distance back) was appended. */
  readonly corrections?: readonly { readonly after: number; readonly back: number }[];
}

/**
 * The log of a script in the product's total order: by bar end, then finest timeframe first, then symbol. Every event
 * differs from every other one in its close, so that a mix-up shows.
 */
export function scriptedLog(script: LogScript): LoggedBar[] {
  const { minutes, symbols, firstOffset = 1, corrections = [] } = script;
  const bars: Bar[] = [];
  const lastSeqs = new Map<string, number>();
  const log = (bar: Bar): void => {
    bars.push({ ...bar, ohlcv: { ...bar.ohlcv, c: 100 + bars.length / 64 } });
    for (const { after, back } of corrections) {
      const corrected = bars[bars.length - back];
      if (after !== bars.length || corrected === undefined) continue;
      const rev = 1 + Math.max(...bars.filter((one) => isSameBar(one, corrected)).map((one) => one.rev));
      bars.push({ ...corrected, rev, ohlcv: { ...corrected.ohlcv, c: 100 + bars.length / 64 } });
    }
  };
  for (let end = 1; end <= minutes.length; end++) {
    for (const timeframe of TIMEFRAMES.filter((one) => script.timeframes.includes(one))) {
      const length = timeframeMs(timeframe) / MINUTE_MS;
      if (end % length !== 0) continue;
      symbols.forEach((symbol, index) => {
        if (!minutes.slice(end - length, end).some((traded) => traded[index])) return;
        const seq = (START_MINUTE + end) / length - 1;
        const key = `${symbol}|${timeframe}`;
        const prevSeq = lastSeqs.get(key) ?? null;
        lastSeqs.set(key, seq);
        log(barOf({ symbol, timeframe, seq, prevSeq }));
      });
    }
  }
  return bars.map((bar, index) => ({ offset: firstOffset + index, bar }));
}

/** An alert that rests on a bar. */
export function alertOn(
  { symbol, timeframe, seq, bar_end: barEndMs }: Bar,
  { ownerId = 1, epochId = 'e0123456789ab', ruleId = 'r-1' } = {},
): LogAlert {
  const id = `${ruleId}:${symbol}:${timeframe}:${seq}`;
  return {
    epochId,
    ownerId,
    ruleId,
    symbol,
    timeframe,
    seq,
    barEndMs,
    json: JSON.stringify({ id, muted: false }),
  };
}

/** Where alerts come in a log of bars: after which bar (by index), on which bar (by distance back), for whom. */
export const alertPlaces: fc.Arbitrary<
  readonly { readonly after: number; readonly back: number; readonly ownerId: number }[]
> = fc.array(
  fc.record({
    after: fc.nat({ max: 80 }),
    back: fc.nat({ max: 12 }),
    ownerId: fc.constantFrom(1, 1, 2),
  }),
  { maxLength: 25 },
);

/** A log of bars with alerts among them; offsets are given anew. Each alert differs from every other one. */
export function withAlerts(
  bars: readonly LoggedBar[],
  places: typeof alertPlaces extends fc.Arbitrary<infer Places> ? Places : never,
): LoggedEvent[] {
  const events: LoggedEvent[] = [];
  let offset = bars[0]?.offset ?? 1;
  bars.forEach(({ bar }, index) => {
    events.push({ offset: offset++, bar });
    places.forEach(({ after, back, ownerId }, number) => {
      const on = bars[index - back];
      if (after !== index || on === undefined) return;
      events.push({ offset: offset++, alert: alertOn(on.bar, { ownerId, ruleId: `r-${number}` }) });
    });
  });
  return events;
}

/** A bar with plausible numbers. */
export function barOf({
  symbol = 'SPY',
  timeframe = '1m',
  seq,
  prevSeq = seq - 1,
  rev = 0,
  close = 100.25,
}: {
  symbol?: string;
  timeframe?: Timeframe;
  seq: number;
  prevSeq?: number | null;
  rev?: number;
  close?: number;
}): Bar {
  const lengthMs = timeframeMs(timeframe);
  return {
    symbol,
    timeframe,
    seq,
    prev_seq: prevSeq,
    rev,
    bar_start: seq * lengthMs,
    bar_end: (seq + 1) * lengthMs,
    ohlcv: { o: 100, h: Math.max(100.5, close), l: Math.min(99.5, close), c: close, v: 1_200 },
    vw: 100.1,
    n: 12,
  };
}

/** Scripts of up to `maxMinutes` minutes: several symbols and timeframes, quiet minutes, halted symbols, corrections. */
export function logScripts({ maxMinutes = 24 } = {}): fc.Arbitrary<LogScript> {
  const symbols = ['SPY', 'QQQ', 'BTC-USD'];
  // A third symbol that trades rarely: its bars are the ones that fall out of the tail first.
  const minute = fc.tuple(
    fc.boolean(),
    fc.boolean(),
    fc.integer({ min: 0, max: 7 }).map((one) => one === 0),
  );
  return fc.record({
    minutes: fc.array(minute, { minLength: 1, maxLength: maxMinutes }),
    symbols: fc.constant(symbols),
    timeframes: fc.subarray(['1m', '2m', '5m'] as const, { minLength: 1 }),
    firstOffset: fc.integer({ min: 1, max: 500 }),
    corrections: fc.array(
      fc.record({ after: fc.integer({ min: 1, max: 60 }), back: fc.integer({ min: 1, max: 20 }) }),
      { maxLength: 2 },
    ),
  });
}

function isSameBar(one: Bar, other: Bar): boolean {
  return one.symbol === other.symbol && one.timeframe === other.timeframe && one.seq === other.seq;
}

import { seqOf, timeframeMs, type Bar, type Ohlcv, type Timeframe } from '@libs/bars';
import fc from 'fast-check';
import type { Rule } from '../rule.js';

/** 2026-11-20 is a Friday; 14:30Z is half past nine in New York. */
export const FRIDAY_OPEN_MS = Date.UTC(2026, 10, 20, 14, 30);
export const MINUTE_MS = 60_000;

/** A bar with nothing but what a test says about it. */
export function barOf(
  barStartMs: number,
  ohlcv: Ohlcv,
  {
    timeframe = '1m',
    symbol = 'SPY',
    prevSeq = null,
    rev = 0,
  }: { timeframe?: Timeframe; symbol?: string; prevSeq?: number | null; rev?: number } = {},
): Bar {
  return {
    symbol,
    timeframe,
    seq: seqOf(barStartMs, timeframe),
    prev_seq: prevSeq,
    rev,
    bar_start: barStartMs,
    bar_end: barStartMs + timeframeMs(timeframe),
    ohlcv,
    vw: (ohlcv.h + ohlcv.l + ohlcv.c) / 3,
    n: 10,
  };
}

/** Bars that follow one another, each with `prev_seq` of the one before. */
export function chain(bars: readonly Bar[]): Bar[] {
  return bars.map((bar, index) => ({ ...bar, prev_seq: bars[index - 1]?.seq ?? null }));
}

/** Minute bars with the given closes; open is the close before, high and low a little beyond. */
export function minutesOfCloses(
  closes: readonly number[],
  startMs = FRIDAY_OPEN_MS,
  volumes: readonly number[] = [],
): Bar[] {
  return chain(
    closes.map((close, index) => {
      const open = closes[index - 1] ?? close;
      const ohlcv = {
        o: open,
        h: Math.max(open, close) + 0.05,
        l: Math.min(open, close) - 0.05,
        c: close,
        v: volumes[index] ?? 1_000,
      };
      return barOf(startMs + index * MINUTE_MS, ohlcv);
    }),
  );
}

/** A reproducible stream of numbers from 0 to 1 (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface WalkOptions {
  readonly seed: number;
  readonly count: number;
  readonly startMs?: number;
  readonly symbol?: string;
  /** Share of minutes without a trade. */
  readonly quiet?: number;
  /** Which minutes may have bars at all. */
  readonly isOpen?: (barStartMs: number) => boolean;
}

/** Minute bars of a random walk in cents, with quiet minutes. */
export function walk({
  seed,
  count,
  startMs = FRIDAY_OPEN_MS,
  symbol = 'SPY',
  quiet = 0.1,
  isOpen = () => true,
}: WalkOptions): Bar[] {
  const next = chance(seed);
  const bars: Bar[] = [];
  let cents = 10_000;
  for (let minute = 0; bars.length < count; minute++) {
    const barStartMs = startMs + minute * MINUTE_MS;
    if (!isOpen(barStartMs) || next() < quiet) continue;
    const o = cents;
    const c = Math.max(100, o + Math.round((next() - 0.5) * 40));
    const h = Math.max(o, c) + Math.floor(next() * 15);
    const l = Math.min(o, c) - Math.floor(next() * 15);
    cents = Math.max(100, c + Math.round((next() - 0.5) * 6));
    const ohlcv = {
      o: o / 100,
      h: h / 100,
      l: l / 100,
      c: c / 100,
      v: Math.floor(next() * next() * 10_000) + 1,
    };
    bars.push(barOf(barStartMs, ohlcv, { symbol }));
  }
  return chain(bars);
}

/** Bars of a coarser timeframe below a day, made of whole minutes. */
export function rolledUp(minutes: readonly Bar[], timeframe: Timeframe): Bar[] {
  const lengthMs = timeframeMs(timeframe);
  const buckets = new Map<number, Bar[]>();
  for (const bar of minutes) {
    const startMs = Math.floor(bar.bar_start / lengthMs) * lengthMs;
    buckets.set(startMs, [...(buckets.get(startMs) ?? []), bar]);
  }
  return chain(
    [...buckets].map(([startMs, bars]) =>
      barOf(
        startMs,
        {
          o: bars[0]!.ohlcv.o,
          h: Math.max(...bars.map(({ ohlcv }) => ohlcv.h)),
          l: Math.min(...bars.map(({ ohlcv }) => ohlcv.l)),
          c: bars.at(-1)!.ohlcv.c,
          v: bars.reduce((sum, { ohlcv }) => sum + ohlcv.v, 0),
        },
        { timeframe, symbol: bars[0]!.symbol },
      ),
    ),
  );
}

/** A rule with the given condition, everything else as plain as can be. */
export function ruleOf(when: string, changes: Partial<Rule> = {}): Rule {
  return {
    id: 'r1',
    version: 1,
    name: 'A rule',
    symbols: ['SPY'],
    timeframe: '1m',
    when,
    on: 'barClose',
    cooldownBars: 0,
    oncePerSession: false,
    sessions: [],
    expiresMs: null,
    severity: 'info',
    explain: '',
    ...changes,
  };
}

/** Seeds of random walks. */
export const anySeed = fc.integer({ min: 1, max: 2 ** 31 - 1 });

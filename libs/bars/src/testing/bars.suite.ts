import fc from 'fast-check';
import type { Bar, Microbar } from '../bar.js';
import { TIMEFRAMES, timeframeMs } from '../timeframe.js';

/** A minute bar that is told apart by its seq and revision alone: the same two always give the same bar. */
export function minuteBar(seq: number, rev = 0): Bar {
  const barStartMs = seq * 60_000;
  return {
    symbol: 'SPY',
    timeframe: '1m',
    seq,
    prev_seq: seq === 0 ? null : seq - 1,
    rev,
    bar_start: barStartMs,
    bar_end: barStartMs + 60_000,
    ohlcv: { o: 10 + seq, h: 12 + seq, l: 9 + seq, c: 11 + seq, v: 100 + rev },
    vw: 10.5 + seq,
    n: 3,
  };
}

const symbol = fc.stringMatching(/^[A-Z][A-Z0-9.-]{0,14}$/);
const number = fc.double({ min: 0, max: 1e21, noNaN: true }).map((value) => (value === 0 ? 0 : value));
const ohlcv = fc.record({ o: number, h: number, l: number, c: number, v: number }, { noNullPrototype: true });
const start = fc.record({ symbol, timeframe: fc.constantFrom(...TIMEFRAMES), seq: fc.nat(40_000_000) });

/** Any bar that a message may carry, with numbers of every size that a double has a text for. */
export const anyBar: fc.Arbitrary<Bar> = fc
  .record({
    start,
    prev: fc.option(fc.nat(40_000_000)),
    rev: fc.nat(9),
    ohlcv,
    vw: number,
    n: fc.nat(),
  })
  .map(({ start: { symbol: name, timeframe, seq }, prev, rev, ohlcv: prices, vw, n }) => ({
    symbol: name,
    timeframe,
    seq,
    prev_seq: prev,
    rev,
    bar_start: seq * timeframeMs(timeframe),
    bar_end: (seq + 1) * timeframeMs(timeframe),
    ohlcv: prices,
    vw,
    n,
  }));

export const anyMicrobar: fc.Arbitrary<Microbar> = fc
  .record({ start, ohlcv, sinceStartMs: fc.nat(59_999) })
  .map(({ start: { symbol: name, timeframe, seq }, ohlcv: prices, sinceStartMs }) => ({
    symbol: name,
    timeframe,
    seq,
    bar_start: seq * timeframeMs(timeframe),
    bar_end: (seq + 1) * timeframeMs(timeframe),
    ohlcv: prices,
    ts: seq * timeframeMs(timeframe) + sinceStartMs,
  }));

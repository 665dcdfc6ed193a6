import { timeframeMs, type Bar, type Microbar, type Timeframe } from '@libs/bars';

interface Which {
  readonly symbol?: string;
  readonly timeframe?: Timeframe;
  readonly prevSeq?: number | null;
  readonly rev?: number;
}

/** A bar told apart by its symbol, seq and revision alone. */
export function bar(seq: number, { symbol = 'SPY', timeframe = '1m', prevSeq, rev = 0 }: Which = {}): Bar {
  const lengthMs = timeframeMs(timeframe);
  return {
    symbol,
    timeframe,
    seq,
    prev_seq: prevSeq === undefined ? seq - 1 : prevSeq,
    rev,
    bar_start: seq * lengthMs,
    bar_end: (seq + 1) * lengthMs,
    ohlcv: { o: seq, h: seq + 2, l: seq - 1, c: seq + 1, v: 100 + rev },
    vw: seq,
    n: 3,
  };
}

/** Bars `from` to `to`, both included. */
export function bars(from: number, to: number, which: Which = {}): Bar[] {
  return Array.from({ length: to - from + 1 }, (_, index) => bar(from + index, which));
}

export function microbar(seq: number, which: Which = {}): Microbar {
  const { symbol, timeframe, bar_start, bar_end, ohlcv } = bar(seq, which);
  return { symbol, timeframe, seq, bar_start, bar_end, ohlcv, ts: bar_start + 500 };
}

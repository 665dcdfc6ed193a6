import {
  seqOf,
  timeframeMs,
  type Bar,
  type ClosedBar,
  type FormingBar,
  type Microbar,
  type Seq,
} from '@libs/bars';

/** A finalized bar as it stands in a log: with its symbol, its seq and that of the bar before it. */
export function numberedBar(closed: ClosedBar, symbol: string, prevSeq: Seq | null): Bar {
  const { timeframe, barStartMs } = closed;
  return {
    symbol,
    timeframe,
    seq: seqOf(barStartMs, timeframe),
    prev_seq: prevSeq,
    rev: 0,
    bar_start: barStartMs,
    bar_end: barStartMs + timeframeMs(timeframe),
    ohlcv: { o: closed.o, h: closed.h, l: closed.l, c: closed.c, v: closed.v },
    vw: closed.vw,
    n: closed.n,
  };
}

/** A forming bar as it stands on the stream. */
export function numberedMicrobar(forming: FormingBar, symbol: string): Microbar {
  const { timeframe, barStartMs, ohlcv, tsMs } = forming;
  return {
    symbol,
    timeframe,
    seq: seqOf(barStartMs, timeframe),
    bar_start: barStartMs,
    bar_end: barStartMs + timeframeMs(timeframe),
    ohlcv,
    ts: tsMs,
  };
}

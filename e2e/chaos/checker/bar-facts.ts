import type { Bar } from '@libs/bars';

/** Relative difference up to which two volume-weighted prices are the same: quotients carry the noise of their order. */
const VWAP_TOLERANCE = 1e-9;

/** Short name of a bar for people. */
export function nameOfBar({ symbol, timeframe, seq }: Pick<Bar, 'symbol' | 'timeframe' | 'seq'>): string {
  return `${symbol} ${timeframe} ${seq}`;
}

/** First field in which a bar differs from what it must be, `null` where it does not. */
export function differenceOf(bar: Bar, expected: Bar): string | null {
  const fields = ['symbol', 'timeframe', 'seq', 'prev_seq', 'rev', 'bar_start', 'bar_end', 'n'] as const;
  for (const field of fields) {
    if (bar[field] !== expected[field])
      return `${field} is ${String(bar[field])}, not ${String(expected[field])}`;
  }
  for (const field of ['o', 'h', 'l', 'c', 'v'] as const) {
    if (bar.ohlcv[field] !== expected.ohlcv[field])
      return `${field} is ${bar.ohlcv[field]}, not ${expected.ohlcv[field]}`;
  }
  const isSame = Math.abs(bar.vw - expected.vw) <= VWAP_TOLERANCE * Math.abs(expected.vw);
  return isSame ? null : `vw is ${bar.vw}, not ${expected.vw}`;
}

/** Parts of a cursor that is one of ours, `null` for anything else. */
export function cursorParts(cursor: string | null): { epochId: string; offset: number } | null {
  const [, epochId, offset] = /^(e[0-9a-z]+)-(\d+)$/.exec(cursor ?? '') ?? [];
  return epochId === undefined ? null : { epochId, offset: Number(offset) };
}

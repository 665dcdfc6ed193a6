import type { Ohlcv } from './bar.js';
import type { Seq } from './units.js';

/** What the digest reads of a bar. */
export interface DigestedBar {
  readonly seq: Seq;
  readonly ohlcv: Ohlcv;
}

/**
 * The canonical text of finalized bars, oldest first: one line a bar, `seq,o,h,l,c,v` with shortest round-trip numbers,
 * a line feed after each (contract, `GET /api/history/digest`). Its SHA-256 tells two holders of bars whether they hold
 * the same ones; hashing is left to the platform (`node:crypto`, `crypto.subtle`).
 */
export function canonicalBars(bars: Iterable<DigestedBar>): string {
  let text = '';
  for (const { seq, ohlcv } of bars)
    text += `${seq},${ohlcv.o},${ohlcv.h},${ohlcv.l},${ohlcv.c},${ohlcv.v}\n`;
  return text;
}

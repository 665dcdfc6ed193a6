import type { Bar } from '@libs/bars';

const doubles = new Float64Array(7);
const words = new Uint32Array(doubles.buffer);

/**
 * 32-bit checksum of a bar: its seq, revision, prices, volume and average price, bit by bit. Finds a bar that was
 * changed, however little; it is no defence against someone who means to deceive.
 */
export function barChecksum({ seq, rev, ohlcv, vw }: Bar): number {
  doubles[0] = ohlcv.o;
  doubles[1] = ohlcv.h;
  doubles[2] = ohlcv.l;
  doubles[3] = ohlcv.c;
  doubles[4] = ohlcv.v;
  doubles[5] = vw;
  doubles[6] = seq * 65_536 + rev;
  let hash = 0x811c9dc5;
  // By index: an iterator over the column would cost more than all of its arithmetic.
  for (let index = 0; index < 14; index++) {
    hash = Math.imul(hash ^ (words[index] as number), 0x01000193);
    // Without this the upper bits of a word would reach only the upper bits of the sum.
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

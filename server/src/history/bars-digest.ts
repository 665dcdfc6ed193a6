import { canonicalBars, type Bar, type Seq, type Timeframe } from '@libs/bars';
import type { BarsDigest } from '@libs/contract';
import { createHash } from 'node:crypto';
import type { BarQuery } from '../cache/index.js';

/** Bars read at a time while a digest goes over a long range. */
const DIGEST_PAGE = 5_000;

/** Bars of one series, both seqs included. */
export interface DigestRange {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from: Seq;
  readonly to: Seq;
}

/** Digest over the bars of a range, whatever their number, read in pages. */
export async function digestBars(
  { symbol, timeframe, from, to }: DigestRange,
  read: (query: BarQuery) => readonly Bar[] | Promise<readonly Bar[]>,
): Promise<BarsDigest> {
  const hash = createHash('sha256');
  let count = 0;
  let firstSeq: Seq | null = null;
  let lastSeq: Seq | null = null;
  for (let sinceSeq = from - 1; ;) {
    const page = await read({ symbol, timeframe, limit: DIGEST_PAGE, sinceSeq, before: to + 1 });
    hash.update(canonicalBars(page));
    count += page.length;
    firstSeq ??= page[0]?.seq ?? null;
    lastSeq = page.at(-1)?.seq ?? lastSeq;
    if (lastSeq === null || page.length < DIGEST_PAGE) break;
    sinceSeq = lastSeq;
  }
  return { count, first_seq: firstSeq, last_seq: lastSeq, sha256: hash.digest('hex') };
}

import { Injectable } from '@nestjs/common';
import { barJson, canonicalBars, type Bar, type Seq, type Timeframe } from '@libs/bars';
import { createHash } from 'node:crypto';
import { CacheService, type BarQuery } from '../cache/index.js';
import { AnswerCache } from './answer-cache.js';
import { Inflight } from './inflight.js';

const ANSWER_CACHE_BYTES = 32 * 1024 * 1024;
/** Bars read at a time while a digest goes over a long range. */
const DIGEST_PAGE = 5_000;

/** SHA-256 over the canonical text of a range of bars, with what the range held. */
export interface BarsDigest {
  readonly count: number;
  readonly first_seq: Seq | null;
  readonly last_seq: Seq | null;
  readonly sha256: string;
}

/** Finalized bars for whoever asks: memory first, then the database; each distinct answer is computed once. */
@Injectable()
export class HistoryService {
  private readonly answers = new AnswerCache(ANSWER_CACHE_BYTES);
  private readonly encoding = new Inflight<Buffer>();
  private readonly digesting = new Inflight<BarsDigest>();

  private readonly answeredFrom = { answer: 0, memory: 0, database: 0 };

  constructor(private readonly cache: CacheService) {}

  /** Requests for bars by what answered them: an answer made before, bars in memory, the database. */
  get answered(): Readonly<Record<'answer' | 'memory' | 'database', number>> {
    return this.answeredFrom;
  }

  /** The bars as the JSON text of the answer. A plain value when memory holds it, a promise when the database is asked. */
  barsJson(query: BarQuery): Buffer | Promise<Buffer> {
    const known = this.barsJsonInMemory(query);
    if (known !== undefined) return known;
    // Whoever asks after a bar was published must not join a computation that began before it.
    const key = `${keyOf(query)}|${this.cache.version(query.symbol, query.timeframe)}`;
    this.answeredFrom.database++;
    return this.encoding.run(key, async () => encode(await this.cache.fromArchive(query)));
  }

  /** The same out of memory alone; `undefined` when memory does not hold all of it. */
  barsJsonInMemory(query: BarQuery): Buffer | undefined {
    const key = keyOf(query);
    const version = this.cache.version(query.symbol, query.timeframe);
    const known = this.answers.get(key, version);
    if (known !== undefined) {
      this.answeredFrom.answer++;
      return known;
    }
    const bars = this.cache.fromMemory(query);
    if (bars === null) return undefined;
    this.answeredFrom.memory++;
    const body = encode(bars);
    this.answers.put(key, version, body);
    return body;
  }

  /** Digest over the bars with `from <= seq <= to`, whatever their number. */
  digest(range: { symbol: string; timeframe: Timeframe; from: Seq; to: Seq }): Promise<BarsDigest> {
    const version = this.cache.version(range.symbol, range.timeframe);
    const key = [range.symbol, range.timeframe, range.from, range.to, version].join('|');
    return this.digesting.run(key, async () => {
      const hash = createHash('sha256');
      let count = 0;
      let firstSeq: Seq | null = null;
      let lastSeq: Seq | null = null;
      for await (const page of this.pages(range)) {
        hash.update(canonicalBars(page));
        count += page.length;
        firstSeq ??= page[0]?.seq ?? null;
        lastSeq = page.at(-1)?.seq ?? lastSeq;
      }
      return { count, first_seq: firstSeq, last_seq: lastSeq, sha256: hash.digest('hex') };
    });
  }

  private async *pages(range: {
    symbol: string;
    timeframe: Timeframe;
    from: Seq;
    to: Seq;
  }): AsyncGenerator<Bar[]> {
    const { symbol, timeframe } = range;
    for (let sinceSeq = range.from - 1; ;) {
      const query = { symbol, timeframe, limit: DIGEST_PAGE, sinceSeq, before: range.to + 1 };
      const page = this.cache.fromMemory(query) ?? (await this.cache.fromArchive(query));
      yield page;
      const newest = page.at(-1);
      if (newest === undefined || page.length < DIGEST_PAGE) return;
      sinceSeq = newest.seq;
    }
  }
}

function keyOf({ symbol, timeframe, limit, sinceSeq, before }: BarQuery): string {
  return `${symbol}|${timeframe}|${limit}|${sinceSeq ?? ''}|${before ?? ''}`;
}

function encode(bars: readonly Bar[]): Buffer {
  return Buffer.from(`[${bars.map(barJson).join(',')}]`);
}

import { Inject, Injectable, Optional } from '@nestjs/common';
import { barJson, canonicalBars, timeframeMs, type Bar, type Seq, type Timeframe } from '@libs/bars';
import { createHash } from 'node:crypto';
import { CacheService, type BarQuery } from '../cache/index.js';
import { OlderHistory } from '../market/index.js';
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

/**
 * Finalized bars for whoever asks: memory first, then Redis, then the database, then the feed's source for the time before
 * the record began; each distinct answer is computed once.
 */
@Injectable()
export class HistoryService {
  private readonly answers = new AnswerCache(ANSWER_CACHE_BYTES);
  private readonly encoding = new Inflight<Buffer>();
  private readonly digesting = new Inflight<BarsDigest>();

  private readonly answeredFrom = { answer: 0, memory: 0, redis: 0, database: 0, provider: 0 };

  constructor(
    private readonly cache: CacheService,
    /** Absent in tests of what is on record alone. */
    @Optional() @Inject(OlderHistory) private readonly older: OlderHistory | null = null,
  ) {}

  /** Requests for bars by what answered them; `provider` are those that waited for the feed's source. */
  get answered(): Readonly<Record<string, number>> {
    return this.answeredFrom;
  }

  /** The bars as the JSON text of the answer. A plain value when memory holds it, a promise when the database is asked. */
  barsJson(query: BarQuery): Buffer | Promise<Buffer> {
    const known = this.barsJsonInMemory(query);
    if (known !== undefined) return known;
    return this.encoding.run(`${keyOf(query)}|${this.versionOf(query)}`, async () =>
      encode(await this.recorded(query)),
    );
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
    const key = [range.symbol, range.timeframe, range.from, range.to, this.versionOf(range)].join('|');
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

  /** Whoever asks after a bar came on record must not join a computation that began before it. */
  private versionOf({ symbol, timeframe }: Pick<BarQuery, 'symbol' | 'timeframe'>): string {
    return `${this.cache.version(symbol, timeframe)}|${this.older?.version ?? 0}`;
  }

  private async recorded(query: BarQuery): Promise<Bar[]> {
    let { bars, tier } = await this.cache.fromRecord(query);
    if (this.older === null || !this.older.isAvailable || !looksBack(query) || bars.length >= query.limit) {
      this.answeredFrom[tier]++;
      return bars;
    }
    const { fetched } = this.older;
    await this.older.lookBack({
      symbol: query.symbol,
      beforeMs: query.before * timeframeMs(query.timeframe),
      isMet: async () => {
        ({ bars, tier } = await this.cache.fromRecord(query));
        return bars.length >= query.limit;
      },
    });
    this.answeredFrom[this.older.fetched === fetched ? tier : 'provider']++;
    return bars;
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
      const page = this.cache.fromMemory(query) ?? (await this.cache.fromRecord(query)).bars;
      yield page;
      const newest = page.at(-1);
      if (newest === undefined || page.length < DIGEST_PAGE) return;
      sinceSeq = newest.seq;
    }
  }
}

/** Whether the question is that of somebody who scrolls back. */
function looksBack(query: BarQuery): query is BarQuery & { readonly before: Seq } {
  return query.before !== undefined && query.sinceSeq === undefined;
}

function keyOf({ symbol, timeframe, limit, sinceSeq, before }: BarQuery): string {
  return `${symbol}|${timeframe}|${limit}|${sinceSeq ?? ''}|${before ?? ''}`;
}

function encode(bars: readonly Bar[]): Buffer {
  return Buffer.from(`[${bars.map(barJson).join(',')}]`);
}

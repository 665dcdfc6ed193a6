import { Inject, Injectable, Optional } from '@nestjs/common';
import { barJson, timeframeMs, type Bar, type Seq } from '@libs/bars';
import type { BarsDigest } from '@libs/contract';
import { CacheService, type BarQuery } from '../cache/index.js';
import { OlderHistory } from '../market/index.js';
import { AnswerCache } from './answer-cache.js';
import { digestBars, type DigestRange } from './bars-digest.js';
import { Inflight } from './inflight.js';

const ANSWER_CACHE_BYTES = 32 * 1024 * 1024;

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
      encodeBars(await this.recorded(query)),
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
    const body = encodeBars(bars);
    this.answers.put(key, version, body);
    return body;
  }

  /** Digest over the bars with `from <= seq <= to`, whatever their number. */
  digest(range: DigestRange): Promise<BarsDigest> {
    const key = [range.symbol, range.timeframe, range.from, range.to, this.versionOf(range)].join('|');
    return this.digesting.run(key, () =>
      digestBars(
        range,
        async (page) => this.cache.fromMemory(page) ?? (await this.cache.fromRecord(page)).bars,
      ),
    );
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
}

/** Whether the question is that of somebody who scrolls back. */
function looksBack(query: BarQuery): query is BarQuery & { readonly before: Seq } {
  return query.before !== undefined && query.sinceSeq === undefined;
}

function keyOf({ symbol, timeframe, limit, sinceSeq, before }: BarQuery): string {
  return `${symbol}|${timeframe}|${limit}|${sinceSeq ?? ''}|${before ?? ''}`;
}

/** Bars as the JSON text of an answer. */
export function encodeBars(bars: readonly Bar[]): Buffer {
  return Buffer.from(`[${bars.map(barJson).join(',')}]`);
}

import { describe, expect, it, jest } from '@jest/globals';
import { barJson, canonicalBars, type Bar } from '@libs/bars';
import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { CacheService, type BarQuery } from '../cache/index.js';
import { NEVER } from 'rxjs';
import { ManualClock } from '../common/manual-clock.js';
import { parseEnv } from '../config/env.schema.js';
import { BarLog, type MarketPipeline } from '../market/index.js';
import { InMemoryBarArchive } from '../market/in-memory-bar-archive.suite.js';
import { HistoryService } from './history.service.js';

const market = { symbols: [{ symbol: 'SPY' }], symbolAdded$: NEVER } as unknown as MarketPipeline;
const SPY = { symbol: 'SPY', timeframe: '1m' } as const;

/** History over a log of SPY with room for `ring` bars in memory. */
async function openHistory({ ring = 100 } = {}) {
  const archive = new InMemoryBarArchive();
  const options = { recordKey: 'record', symbols: ['SPY'], tailCap: 10 };
  const log = await BarLog.open(archive, new ManualClock(0), options);
  const cache = new CacheService({ ...parseEnv({}), RING_BUFFER_CAP: ring }, archive, log, market);
  const trade = async (...seqs: number[]): Promise<void> => {
    for (const seq of seqs) {
      const c = 100 + seq / 1_024;
      log.append({
        symbolIndex: 0,
        timeframe: '1m',
        barStartMs: seq * 60_000,
        o: 100,
        h: 200,
        l: 50,
        c,
        v: 1,
        vw: c,
        n: 1,
      });
    }
    await log.flushed();
  };
  return { archive, cache, trade, history: new HistoryService(cache) };
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const seqsIn = (body: Buffer): number[] => (JSON.parse(body.toString()) as Bar[]).map(({ seq }) => seq);

describe('bars as the text of an answer', () => {
  it.each<[string, Omit<BarQuery, 'symbol' | 'timeframe'>, number[]]>([
    ['limit=2 gives exactly two, the newest', { limit: 2 }, [119, 120]],
    ['sinceSeq gives the oldest after it', { limit: 3, sinceSeq: 5 }, [6, 7, 8]],
    ['before gives the newest below it', { limit: 3, before: 6 }, [3, 4, 5]],
    ['both give what lies between', { limit: 9, sinceSeq: 5, before: 9 }, [6, 7, 8]],
    ['nothing after the newest', { limit: 9, sinceSeq: 120 }, []],
    ['nothing before the first', { limit: 9, before: 1 }, []],
  ])('%s, whether memory or the database answers', async (_case, query, seqs) => {
    for (const ring of [1_000, 10]) {
      const { history, trade } = await openHistory({ ring });
      await trade(...range(1, 120));
      expect(seqsIn(await history.barsJson({ ...SPY, ...query }))).toEqual(seqs);
    }
  });

  it('is the same bytes from memory, from the database, and as the bar goes out on the stream', async () => {
    const [large, small] = [await openHistory({ ring: 1_000 }), await openHistory({ ring: 5 })];
    for (const { trade } of [large, small]) await trade(...range(1, 50));
    const query = { ...SPY, limit: 40 };
    const body = (await large.history.barsJson(query)).toString();
    expect((await small.history.barsJson(query)).toString()).toBe(body);
    expect(body).toBe(
      `[${large.archive.committed
        .slice(-40)
        .map(({ bar }) => barJson(bar))
        .join(',')}]`,
    );
  });

  it('from memory is encoded once and comes at once, until the next bar', async () => {
    const { history, trade } = await openHistory();
    await trade(1, 2, 3);
    const query = { ...SPY, limit: 2 };
    const first = history.barsJson(query);
    expect(first).toBeInstanceOf(Buffer);
    expect(history.barsJson({ ...query })).toBe(first);
    await trade(4);
    expect(seqsIn(history.barsJson(query) as Buffer)).toEqual([3, 4]);
  });

  it('from the database is asked once for five hundred equal requests', async () => {
    const { history, cache, trade } = await openHistory({ ring: 5 });
    await trade(...range(1, 50));
    const reads = jest.spyOn(cache, 'fromArchive');
    const bodies = await Promise.all(
      Array.from({ length: 500 }, async () => history.barsJson({ ...SPY, limit: 30 })),
    );
    expect(reads).toHaveBeenCalledTimes(1);
    expect(new Set(bodies).size).toBe(1);
  });

  it('asked for after a bar was published has it, though an equal request from before is still under way', async () => {
    const { history, trade } = await openHistory({ ring: 5 });
    await trade(...range(1, 50));
    const earlier = history.barsJson({ ...SPY, limit: 30, sinceSeq: 30 });
    await trade(51);
    const later = history.barsJson({ ...SPY, limit: 30, sinceSeq: 30 });
    expect(seqsIn(await later).at(-1)).toBe(51);
    expect(seqsIn(await earlier).at(-1)).toBeGreaterThanOrEqual(50);
  });

  it('a database that is away fails the request and not the next one', async () => {
    const { history, archive, trade } = await openHistory({ ring: 5 });
    await trade(...range(1, 50));
    archive.isAway = true;
    await expect(history.barsJson({ ...SPY, limit: 30 })).rejects.toThrow('away');
    expect(seqsIn(await history.barsJson({ ...SPY, limit: 5 }))).toHaveLength(5);
    archive.isAway = false;
    expect(seqsIn(await history.barsJson({ ...SPY, limit: 30 }))).toHaveLength(30);
  });
});

describe('the digest of a range', () => {
  it('is the hash of the canonical text of the bars in it, both ends included', async () => {
    const { history, archive, trade } = await openHistory({ ring: 20 });
    await trade(...range(1, 60).filter((seq) => seq % 7 !== 0));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 70 }), fc.nat({ max: 70 }), async (from, to) => {
        const bars = archive.committed.map(({ bar }) => bar).filter(({ seq }) => seq >= from && seq <= to);
        expect(await history.digest({ ...SPY, from, to })).toEqual({
          count: bars.length,
          first_seq: bars[0]?.seq ?? null,
          last_seq: bars.at(-1)?.seq ?? null,
          sha256: createHash('sha256').update(canonicalBars(bars)).digest('hex'),
        });
      }),
    );
  });

  it('goes over pages without losing or repeating a bar at their edges', async () => {
    const { history, archive, trade } = await openHistory({ ring: 100 });
    await trade(...range(1, 10_001));
    const text = canonicalBars(archive.committed.map(({ bar }) => bar));
    const expected = createHash('sha256').update(text).digest('hex');
    const whole = await history.digest({ ...SPY, from: 0, to: Number.MAX_SAFE_INTEGER });
    expect(whole).toEqual({ count: 10_001, first_seq: 1, last_seq: 10_001, sha256: expected });
    const exactlyOnePage = await history.digest({ ...SPY, from: 1, to: 5_000 });
    expect([exactlyOnePage.count, exactlyOnePage.last_seq]).toEqual([5_000, 5_000]);
  });
});

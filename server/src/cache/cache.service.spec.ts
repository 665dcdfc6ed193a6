import { describe, expect, it } from '@jest/globals';
import { TIMEFRAMES } from '@libs/bars';
import * as fc from 'fast-check';
import { NEVER, Subject } from 'rxjs';
import { ManualClock } from '../common/manual-clock.js';
import { parseEnv } from '../config/env.schema.js';
import { BarLog, type MarketPipeline } from '../market/index.js';
import { InMemoryBarArchive } from '../market/in-memory-bar-archive.suite.js';
import { logScripts, scriptedLog, type LogScript } from '../market/scripted-log.suite.js';
import type { BarQuery } from './bar-query.js';
import { CacheService } from './cache.service.js';

const SYMBOLS = ['SPY', 'QQQ', 'BTC-USD'];
const market = {
  symbols: SYMBOLS.map((symbol) => ({ symbol })),
  symbolAdded$: NEVER,
} as unknown as MarketPipeline;

interface Desk {
  readonly archive: InMemoryBarArchive;
  readonly log: BarLog;
  readonly cache: CacheService;
}

/** A desk on an archive; the caps are smaller than the settings allow so that small logs overflow them. */
async function openDesk(archive: InMemoryBarArchive, caps: { ring: number; tail: number }): Promise<Desk> {
  const options = { recordKey: 'record', symbols: SYMBOLS, tailCap: caps.tail };
  const log = await BarLog.open(archive, new ManualClock(1_795_000_000_000), options);
  const env = { ...parseEnv({}), RING_BUFFER_CAP: caps.ring };
  return { archive, log, cache: new CacheService(env, archive, log, market) };
}

/** Puts a script's bars (corrections left out: the log makes none yet) through the log. */
async function trade({ log }: Desk, script: LogScript, from: number, to: number): Promise<void> {
  for (const { bar } of scriptedLog({ ...script, corrections: [] }).slice(from, to)) {
    const { o, h, l, c, v } = bar.ohlcv;
    const symbolIndex = SYMBOLS.indexOf(bar.symbol);
    log.append({
      symbolIndex,
      timeframe: bar.timeframe,
      barStartMs: bar.bar_start,
      o,
      h,
      l,
      c,
      v,
      vw: bar.vw,
      n: bar.n,
    });
  }
  await log.flushed();
}

const seqAround = fc.integer({ min: 29_381_036, max: 29_381_070 });
const queries: fc.Arbitrary<BarQuery> = fc.record({
  symbol: fc.constantFrom(...SYMBOLS),
  timeframe: fc.constantFrom('1m', '2m', '5m', '1d'),
  limit: fc.integer({ min: 1, max: 40 }),
  sinceSeq: fc.option(
    fc.oneof(
      fc.constant(0),
      seqAround,
      seqAround.map((seq) => seq >> 1),
    ),
    { nil: undefined },
  ),
  before: fc.option(
    fc.oneof(
      seqAround,
      seqAround.map((seq) => seq >> 1),
    ),
    { nil: undefined },
  ),
});

const desks = fc.record({
  script: logScripts({ maxMinutes: 30 }),
  ring: fc.integer({ min: 1, max: 20 }),
  tail: fc.integer({ min: 1, max: 40 }),
  restartPart: fc.nat({ max: 100 }),
});

async function tradedDesk({
  script,
  ring,
  tail,
  restartPart,
}: {
  script: LogScript;
  ring: number;
  tail: number;
  restartPart: number;
}): Promise<Desk> {
  const archive = new InMemoryBarArchive();
  const restartAt = Math.floor((scriptedLog({ ...script, corrections: [] }).length * restartPart) / 100);
  await trade(await openDesk(archive, { ring, tail }), script, 0, restartAt);
  const desk = await openDesk(archive, { ring, tail });
  await trade(desk, script, restartAt, Infinity);
  return desk;
}

describe('bars from memory and from the database', () => {
  it('are the same bars for any question, before and after a restart', async () => {
    let answeredByMemory = 0;
    await fc.assert(
      fc.asyncProperty(desks, fc.array(queries, { minLength: 8, maxLength: 8 }), async (one, asked) => {
        const { cache } = await tradedDesk(one);
        for (const query of asked) {
          const fromMemory = cache.fromMemory(query);
          if (fromMemory === null) continue;
          answeredByMemory++;
          expect(fromMemory).toEqual(await cache.fromArchive(query));
        }
      }),
    );
    // Answering nothing from memory would be right as well, and useless.
    expect(answeredByMemory).toBeGreaterThan(50);
  });

  it('memory answers whatever lies within its ring', async () => {
    await fc.assert(
      fc.asyncProperty(desks, async (one) => {
        const { archive, log, cache } = await tradedDesk({ ...one, restartPart: 0 });
        for (const symbol of SYMBOLS) {
          const series = log.seriesFor(symbol, '1m');
          if (series === undefined) throw new Error('no series');
          const all = await archive.readBars(series, { limit: 1_000, keep: 'oldest' });
          const query = { symbol, timeframe: '1m' as const };
          expect(
            cache.fromMemory({ ...query, limit: Math.max(1, Math.min(one.ring, all.length)) }),
          ).not.toBeNull();
          expect(cache.fromMemory({ ...query, limit: 1_000 }) === null).toBe(all.length > one.ring);
        }
      }),
    );
  });

  it('a series whose bars are all older than the tail is asked of the database, not taken for empty', async () => {
    const archive = new InMemoryBarArchive();
    const quiet = [false, false, true];
    const busy = [true, true, false];
    const script: LogScript = { minutes: [quiet, busy, busy, busy], symbols: SYMBOLS, timeframes: ['1m'] };
    await trade(await openDesk(archive, { ring: 10, tail: 4 }), script, 0, Infinity);
    const { cache } = await openDesk(archive, { ring: 10, tail: 4 });
    const query = { symbol: 'BTC-USD', timeframe: '1m' as const, limit: 10 };
    expect(cache.fromMemory(query)).toBeNull();
    expect(cache.fromMemory({ ...query, sinceSeq: 0 })).toBeNull();
    expect(await cache.fromArchive(query)).toHaveLength(1);
  });

  it('a series without any bar is known to be empty', async () => {
    const { cache } = await openDesk(new InMemoryBarArchive(), { ring: 10, tail: 10 });
    expect(cache.fromMemory({ symbol: 'SPY', timeframe: '1d', limit: 5_000 })).toEqual([]);
    expect(await cache.newestBar('SPY')).toBeUndefined();
  });

  it('tells its size and what it may grow to', async () => {
    const desk = await openDesk(new InMemoryBarArchive(), { ring: 1_000, tail: 10 });
    const minutes = Array.from({ length: 200 }, () => [true, false, false]);
    await trade(desk, { minutes, symbols: SYMBOLS, timeframes: ['1m'] }, 0, Infinity);
    const { stats } = desk.cache;
    const series = SYMBOLS.length * TIMEFRAMES.length;
    expect(stats).toMatchObject({ series, bars: 200, maxBytes: series * 1_000 * 66 });
    expect(stats.bytes).toBeLessThanOrEqual(stats.maxBytes);
    expect(stats.bytes).toBeGreaterThanOrEqual(stats.bars * 66);
  });

  it('a symbol nobody carries is a programming error, said at once', async () => {
    const { cache } = await openDesk(new InMemoryBarArchive(), { ring: 10, tail: 10 });
    expect(() => cache.fromMemory({ symbol: 'IBM', timeframe: '1m', limit: 1 })).toThrow(
      'no ring for IBM 1m',
    );
    expect(() => cache.version('IBM', '1m')).toThrow(RangeError);
    await expect(cache.fromArchive({ symbol: 'IBM', timeframe: '1m', limit: 1 })).rejects.toThrow(
      'no series',
    );
  });

  it('holds bars of a symbol that is added later, those published before it was added included', async () => {
    const archive = new InMemoryBarArchive();
    const added = new Subject<{ symbol: string }>();
    const growing = { symbols: [{ symbol: 'SPY' }], symbolAdded$: added } as unknown as MarketPipeline;
    const options = { recordKey: 'record', symbols: ['SPY'], tailCap: 100 };
    const log = await BarLog.open(archive, new ManualClock(1_795_000_000_000), options);
    const cache = new CacheService(parseEnv({}), archive, log, growing);
    await log.prepareSymbol('QQQ');
    log.addSymbol('QQQ');
    const close = (minute: number): void => {
      const prices = { o: 1, h: 1, l: 1, c: minute, v: 1, vw: 1, n: 1 };
      log.append({ symbolIndex: 1, timeframe: '1m', barStartMs: minute * 60_000, ...prices });
    };
    close(1);
    await log.flushed();
    added.next({ symbol: 'QQQ' });
    close(2);
    await log.flushed();
    const bars = cache.fromMemory({ symbol: 'QQQ', timeframe: '1m', limit: 10, sinceSeq: 0 });
    expect(bars?.map(({ seq }) => seq)).toEqual([1, 2]);
  });
});

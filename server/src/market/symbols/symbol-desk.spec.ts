import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { SymbolInfo } from '@libs/contract';
import { Subject } from 'rxjs';
import type { DataSource } from 'typeorm';
import { ManualClock } from '../../common/manual-clock.js';
import { ProblemException } from '../../common/problem.exception.js';
import { parseEnv } from '../../config/env.schema.js';
import { makeFolder } from '../feeds/testing/trade-files.suite.js';
import { BarLog } from '../bar-log.js';
import type {
  FeedContext,
  FeedEvent,
  MarketFeed,
  SymbolChange,
  SymbolGrowth,
} from '../feeds/market-feed.port.js';
import { describeSymbol } from '../feeds/symbol-info.js';
import { InMemoryBarArchive } from '../in-memory-bar-archive.suite.js';
import { MarketPipeline } from '../market-pipeline.js';
import { LINGER_MS } from './symbol-demand.js';
import { SymbolBudgetError, SymbolDesk } from './symbol-desk.js';
import { SymbolStore, type WantedSymbol } from './symbol-store.js';

const SYNC_MS = 2_000;

/** The shared tables of several instances, without a database; wishes run out by the clock. */
class SharedSymbols extends SymbolStore {
  readonly wishes = new Map<string, Map<string, number>>();
  readonly infos = new Map<string, SymbolInfo>();
  isAway = false;

  constructor(private readonly clock: ManualClock) {
    super(undefined as unknown as DataSource);
  }

  override known(source: string, symbol: string): Promise<SymbolInfo | undefined> {
    return this.answer(() => this.infos.get(`${source} ${symbol}`));
  }

  override remember(source: string, info: SymbolInfo): Promise<void> {
    return this.answer(() => {
      this.infos.set(`${source} ${info.symbol}`, info);
    });
  }

  override want(holder: string, symbols: readonly string[], forMs: number | null): Promise<void> {
    const untilMs = forMs === null ? Infinity : this.clock.nowMs() + forMs;
    return this.answer(() => {
      this.wishes.set(holder, new Map(symbols.map((symbol) => [symbol, untilMs])));
    });
  }

  override wanted(source: string, exceptBy: string): Promise<WantedSymbol[]> {
    return this.answer(() => {
      const others = [...this.wishes].filter(([holder]) => holder !== exceptBy);
      const all = others.flatMap(([, wishes]) => [...wishes]);
      const alive = all.filter(([, untilMs]) => untilMs > this.clock.nowMs()).map(([symbol]) => symbol);
      const symbols = [...new Set(alive)].sort();
      return symbols.map((symbol) => ({ symbol, info: this.infos.get(`${source} ${symbol}`) ?? null }));
    });
  }

  private async answer<T>(question: () => T): Promise<T> {
    await Promise.resolve();
    if (this.isAway) throw new Error('the database is away');
    return question();
  }
}

/** A feed with one symbol of its own that can take in some more. */
class GrowingFeed implements MarketFeed {
  readonly source = 'scripted';
  readonly healthyState = 'live';
  readonly recordKey = 'growing';
  readonly resumesRecord = true;
  readonly symbols = [describeSymbol('SPY', 'massive')];
  readonly offered = ['AMD', 'IBM', 'GE', 'F', 'T'];
  readonly asked: string[] = [];
  readonly changes: string[] = [];
  isMute = false;
  readonly events = new Subject<FeedEvent>();
  readonly growth: SymbolGrowth = {
    budget: 4,
    couldBe: (symbol) => /^[A-Z]+$/.test(symbol),
    add: (info) => this.symbols.push(info),
    directory: {
      find: async (symbol) => {
        this.asked.push(symbol);
        if (this.isMute) throw new Error('nobody is there');
        return Promise.resolve(this.offered.includes(symbol) ? describeSymbol(symbol, 'massive') : undefined);
      },
      search: async (words, limit) => {
        if (this.isMute) throw new Error('nobody is there');
        const found = this.offered.filter((symbol) => symbol.includes(words));
        return Promise.resolve(found.slice(0, limit).map((symbol) => describeSymbol(symbol, 'massive')));
      },
    },
  };

  open(context: FeedContext): Subject<FeedEvent> {
    context.changes?.subscribe(({ kind, symbolIndex }: SymbolChange) => {
      this.changes.push(`${kind} ${this.symbols[symbolIndex]?.symbol ?? '?'}`);
    });
    return this.events;
  }
}

interface Instance {
  readonly feed: GrowingFeed;
  readonly market: MarketPipeline;
  readonly desk: SymbolDesk;
}

/** An instance that holds the feed, or one that follows: its pipeline is never opened. */
async function instanceOf(
  shared: SharedSymbols,
  clock: ManualClock,
  archive: InMemoryBarArchive,
  holdsFeed = true,
): Promise<Instance> {
  const feed = new GrowingFeed();
  const log = await BarLog.open(archive, clock, {
    recordKey: feed.recordKey,
    symbols: ['SPY'],
    tailCap: 100,
    leads: holdsFeed,
  });
  const env = parseEnv({ DATA_DIR: await makeFolder() });
  const market = new MarketPipeline({ feed, reason: 'a test' }, env, log, clock);
  if (holdsFeed) {
    market.onApplicationBootstrap();
    feed.events.next({ kind: 'caught_up' });
  }
  const desk = new SymbolDesk(market, shared, clock, env);
  desk.onApplicationBootstrap();
  await desk.settled();
  return { feed, market, desk };
}

/** What was refused, and how. */
async function refusal(refused: Promise<unknown>): Promise<ProblemException> {
  return refused.then(
    () => {
      throw new Error('it was not refused');
    },
    (thrown: unknown) => {
      if (thrown instanceof ProblemException) return thrown;
      throw thrown;
    },
  );
}

beforeEach(() => {
  for (const level of ['log', 'warn', 'error', 'debug'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
});

describe('symbols at run time', () => {
  let clock: ManualClock;
  let shared: SharedSymbols;
  let archive: InMemoryBarArchive;

  beforeEach(() => {
    clock = new ManualClock(Date.UTC(2026, 2, 2, 15));
    shared = new SharedSymbols(clock);
    archive = new InMemoryBarArchive();
  });

  /** Moves time past some exchanges of wishes. */
  async function pass(ms: number, ...desks: readonly SymbolDesk[]): Promise<void> {
    for (let left = ms; left > 0; left -= SYNC_MS) {
      await clock.advance(Math.min(left, SYNC_MS));
      for (const desk of desks) await desk.settled();
    }
  }

  test('a symbol that is asked for is carried at once, followed while it is wanted, and let go of later', async () => {
    const { feed, market, desk } = await instanceOf(shared, clock, archive);
    expect(market.carries('AMD')).toBe(false);
    await desk.require(['AMD'], 'symbol');
    expect(market.carries('AMD')).toBe(true);
    const release = desk.hold(['AMD', 'SPY']);
    await pass(2 * LINGER_MS, desk);
    expect(feed.changes).toEqual(['join AMD']);
    expect(desk.current.map(({ symbol }) => symbol)).toEqual(['SPY', 'AMD']);
    release();
    await pass(LINGER_MS + SYNC_MS, desk);
    expect(feed.changes).toEqual(['join AMD', 'leave AMD']);
    expect(desk.current.map(({ symbol }) => symbol)).toEqual(['SPY']);
    // It stays readable, and comes back without another question.
    await desk.require(['AMD'], 'symbol');
    await desk.settled();
    await clock.advance(SYNC_MS);
    expect([feed.asked, feed.changes.at(-1)]).toEqual([['AMD'], 'join AMD']);
  });

  test('what is not offered, cannot be, or cannot be asked for is refused, each in its own way', async () => {
    const { feed, desk } = await instanceOf(shared, clock, archive);
    const unknown = await refusal(desk.require(['NOPE'], 'symbol'));
    expect([unknown.getStatus(), unknown.problem.errors?.[0]?.path]).toEqual([400, 'symbol']);
    const impossible = await refusal(desk.require(['BTC-USD'], 'symbols'));
    expect([impossible.getStatus(), feed.asked]).toEqual([400, ['NOPE']]);
    feed.isMute = true;
    const passing = await refusal(desk.require(['IBM'], 'symbol'));
    expect([passing.getStatus(), passing.retryAfterS]).toEqual([503, 5]);
  });

  test('a vendor that never answers holds nobody up for long', async () => {
    const { feed, desk } = await instanceOf(shared, clock, archive);
    feed.growth.directory.find = () => new Promise(() => undefined);
    const waiting = refusal(desk.require(['AMD'], 'symbol'));
    await clock.advance(5_000);
    expect((await waiting).getStatus()).toBe(503);
  });

  test('the budget: what merely lingers gives way, what is held does not', async () => {
    const { desk } = await instanceOf(shared, clock, archive);
    await desk.require(['AMD', 'IBM'], 'symbol');
    desk.hold(['IBM']);
    await desk.require(['GE'], 'symbol');
    desk.hold(['GE']);
    await desk.require(['F'], 'symbol');
    desk.hold(['F']);
    await desk.settled();
    expect(desk.current.map(({ symbol }) => symbol)).toEqual(['SPY', 'F', 'GE', 'IBM']);
    const spent = await refusal(desk.require(['T'], 'symbol'));
    expect(spent).toBeInstanceOf(SymbolBudgetError);
    expect([spent.getStatus(), spent.message]).toEqual([503, expect.stringContaining('budget of 4')]);
    const kept = await refusal(desk.requireForGood(['T'], 'symbols'));
    expect([kept.getStatus(), kept.message]).toEqual([409, spent.message]);
    // What it carries already is still answered, without being followed.
    desk.touch('AMD');
    expect(desk.isFollowed('AMD')).toBe(false);
  });

  test('what a watchlist keeps is followed without anybody looking, also after a restart', async () => {
    const first = await instanceOf(shared, clock, archive);
    await first.desk.require(['IBM'], 'symbols');
    await first.desk.keep('watchlist', 'list', ['IBM']);
    await pass(2 * LINGER_MS, first.desk);
    expect(first.feed.changes).toEqual(['join IBM']);
    await first.desk.onModuleDestroy();

    const second = await instanceOf(shared, clock, archive);
    await pass(SYNC_MS, second.desk);
    expect(second.feed.changes).toEqual(['join IBM']);
    expect(second.feed.asked).toEqual([]);
    await second.desk.keep('watchlist', 'list', []);
    await second.desk.settled();
    expect(second.feed.changes).toEqual(['join IBM', 'leave IBM']);
  });

  test('symbols on a watchlist that was made with another feed are looked up, or left out', async () => {
    await shared.want('watchlist:old', ['BTC-USD', 'GE', 'NOPE'], null);
    const { feed, desk } = await instanceOf(shared, clock, archive);
    await pass(3 * SYNC_MS, desk);
    expect(feed.changes).toEqual(['join GE']);
    expect(feed.asked.sort()).toEqual(['GE', 'NOPE']);
  });

  test('what an instance that follows wants, the one that holds the feed follows, until that one is gone', async () => {
    const leader = await instanceOf(shared, clock, archive);
    const follower = await instanceOf(shared, clock, archive, false);
    await follower.desk.require(['AMD'], 'symbols');
    follower.desk.hold(['AMD']);
    await follower.desk.settled();
    await pass(SYNC_MS, leader.desk);
    expect(leader.feed.changes).toEqual(['join AMD']);
    expect(leader.feed.asked).toEqual([]);
    expect(leader.market.carries('AMD')).toBe(true);
    // It is killed: nobody takes its wish back.
    await pass(20_000, leader.desk);
    expect(leader.feed.changes).toEqual(['join AMD']);
    clearInstance(shared);
    await pass(20_000, leader.desk);
    expect(leader.feed.changes).toEqual(['join AMD', 'leave AMD']);
  });

  test('while the database is away, what is followed stays followed', async () => {
    const { feed, desk } = await instanceOf(shared, clock, archive);
    await desk.require(['AMD'], 'symbol');
    await desk.keep('watchlist', 'list', ['AMD']);
    await desk.settled();
    shared.isAway = true;
    await pass(2 * LINGER_MS, desk);
    expect(feed.changes).toEqual(['join AMD']);
  });

  test('a feed whose symbols are fixed carries those and refuses all others, without asking anybody', async () => {
    const { feed, market, desk } = await instanceOf(shared, clock, archive);
    jest.spyOn(market, 'growth', 'get').mockReturnValue(undefined);
    const refused = await refusal(desk.require(['SPY', 'AMD'], 'symbols'));
    expect([refused.getStatus(), refused.message]).toEqual([
      400,
      expect.stringContaining('AMD is not carried'),
    ]);
    expect((await desk.search('s', 10)).map(({ symbol }) => symbol)).toEqual(['SPY']);
    expect(feed.asked).toEqual([]);
  });

  test('a search asks the vendor; where it does not answer, what is carried is searched', async () => {
    const { feed, desk } = await instanceOf(shared, clock, archive);
    expect((await desk.search('m', 10)).map(({ symbol }) => symbol)).toEqual(['AMD', 'IBM']);
    feed.isMute = true;
    expect((await desk.search('sp', 10)).map(({ symbol }) => symbol)).toEqual(['SPY']);
  });
});

/** Its wishes are not renewed any more. */
function clearInstance(shared: SharedSymbols): void {
  const want = shared.want.bind(shared);
  shared.want = (holder, symbols, forMs) =>
    forMs === null ? want(holder, symbols, forMs) : Promise.resolve();
}

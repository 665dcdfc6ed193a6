import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createTradeBatch, pushTrade, UPDATES_ALL, type Microbar, type TradeBatch } from '@libs/bars';
import type { StatusEvent, TapeEvent } from '@libs/contract';
import { Subject } from 'rxjs';
import { ManualClock } from '../common/manual-clock.js';
import { parseEnv } from '../config/env.schema.js';
import { BarLog } from './bar-log.js';
import type { FeedContext, FeedEvent, MarketFeed } from './feeds/market-feed.port.js';
import { describeSymbol } from './feeds/symbol-info.js';
import { InMemoryBarArchive } from './in-memory-bar-archive.suite.js';
import { barsIn } from './logged-alert.js';
import type { LoggedBar } from './logged-bar.js';
import { MarketPipeline } from './market-pipeline.js';

/** A Monday, 14:30 UTC: the minute that scenarios begin in. */
const OPEN_MS = Date.UTC(2026, 2, 2, 14, 30);
const OPEN_SEQ = OPEN_MS / 60_000;
const at = (seconds: number): number => OPEN_MS + seconds * 1_000;

/** A feed that says what a test makes it say. */
class ScriptedFeed implements MarketFeed {
  readonly source = 'scripted';
  readonly healthyState = 'live';
  readonly recordKey = 'scripted record';
  readonly symbols = ['BTC-USD', 'ETH-USD'].map((symbol) => describeSymbol(symbol, 'coinbase'));
  readonly events = new Subject<FeedEvent>();
  context: FeedContext | null = null;

  open(context: FeedContext): Subject<FeedEvent> {
    this.context = context;
    return this.events;
  }
}

/** A pipeline between a scripted feed and a real bar log. */
class Desk {
  readonly feed = new ScriptedFeed();
  readonly clock = new ManualClock(OPEN_MS);
  readonly published: LoggedBar[] = [];
  readonly pipeline: MarketPipeline;
  readonly statuses: StatusEvent[] = [];

  private constructor(
    readonly archive: InMemoryBarArchive,
    readonly log: BarLog,
  ) {
    log.published$.subscribe((run) => this.published.push(...barsIn(run)));
    const env = { ...parseEnv({}), MICROBAR_MS: 250, BAR_GRACE_MS: 1_000 };
    this.pipeline = new MarketPipeline({ feed: this.feed, reason: 'a test' }, env, log, this.clock);
    this.pipeline.status$.subscribe((status) => this.statuses.push(status));
    this.pipeline.onApplicationBootstrap();
  }

  static async open(archive = new InMemoryBarArchive()): Promise<Desk> {
    const options = { recordKey: 'scripted record', symbols: ['BTC-USD', 'ETH-USD'], tailCap: 100 };
    return new Desk(archive, await BarLog.open(archive, new ManualClock(OPEN_MS), options));
  }

  trade(...trades: readonly [seconds: number, price: number, symbolIndex?: number][]): void {
    const batch = createTradeBatch(trades.length);
    for (const [seconds, price, symbolIndex = 0] of trades) {
      pushTrade(batch, { symbolIndex, tsMs: at(seconds), price, size: 2, updates: UPDATES_ALL });
    }
    this.feed.events.next({ kind: 'trades', batch });
  }

  say(event: FeedEvent): void {
    this.feed.events.next(event);
  }

  /** The 1-minute bars that were published: `BTC-USD 0 o10 c11`, minutes counted from the open. */
  get minutes(): string[] {
    return this.published
      .filter(({ bar }) => bar.timeframe === '1m')
      .map(({ bar }) => `${bar.symbol} ${bar.seq - OPEN_SEQ} o${bar.ohlcv.o} c${bar.ohlcv.c}`);
  }

  watch(): Microbar[] {
    const seen: Microbar[] = [];
    this.pipeline.microbars$.subscribe((microbars) => seen.push(...microbars));
    return seen;
  }
}

const shape = ({ symbol, timeframe, seq, ohlcv }: Microbar): string =>
  `${symbol} ${timeframe} ${timeframe === '1m' ? seq - OPEN_SEQ : ''}c${ohlcv.c}`;

beforeEach(() => {
  for (const level of ['log', 'warn', 'error'] as const) {
    jest
      .spyOn(Logger.prototype, level)
      .mockReset()
      .mockImplementation(() => undefined);
  }
});

describe('the tape', () => {
  it('tells four times a second what traded in the symbols somebody looks at, and nothing else', async () => {
    const desk = await Desk.open();
    const told: TapeEvent[] = [];
    desk.pipeline.tape$.subscribe((tape) => told.push(...tape));
    const leave = desk.pipeline.demandTape('ETH-USD');
    desk.trade([1, 10], [1, 20, 1], [1, 20, 1]);
    expect(told).toEqual([]);
    await desk.clock.advance(250);
    expect(told).toEqual([
      { symbol: 'ETH-USD', rows: [{ ts: at(1), price: 20, size: 4, n: 2 }], left_out: 0 },
    ]);
    leave();
    desk.trade([2, 21, 1]);
    await desk.clock.advance(1_000);
    expect(told).toHaveLength(1);
  });
});

describe('from trades to bars', () => {
  it('a minute is finalized by the first trade past its end and grace, and published once committed', async () => {
    const desk = await Desk.open();
    desk.trade([1, 10], [59, 11], [60, 12]);
    await desk.log.flushed();
    expect(desk.minutes).toEqual([]);
    desk.trade([61, 13]);
    expect(desk.published).toEqual([]);
    await desk.log.flushed();
    expect(desk.minutes).toEqual(['BTC-USD 0 o10 c11']);
  });

  it('or by the clock of the feed where no trade comes', async () => {
    const desk = await Desk.open();
    desk.trade([1, 10], [2, 20, 1]);
    desk.say({ kind: 'clock', nowMs: at(60.999) });
    await desk.log.flushed();
    expect(desk.minutes).toEqual([]);
    desk.say({ kind: 'clock', nowMs: at(61) });
    await desk.log.flushed();
    expect(desk.minutes).toEqual(['BTC-USD 0 o10 c10', 'ETH-USD 0 o20 c20']);
  });

  it('the end of the data finalizes what is open, in every timeframe', async () => {
    const desk = await Desk.open();
    desk.trade([1, 10], [100, 11]);
    desk.say({ kind: 'end' });
    desk.feed.events.complete();
    await desk.log.flushed();
    expect(desk.minutes).toEqual(['BTC-USD 0 o10 c10', 'BTC-USD 1 o11 c11']);
    expect(desk.published.map(({ bar }) => bar.timeframe)).toEqual([
      '1m',
      '1m',
      '2m',
      '5m',
      '15m',
      '30m',
      '1h',
      '4h',
      '1d',
    ]);
  });

  it('late trades are counted and change nothing', async () => {
    const desk = await Desk.open();
    desk.trade([1, 10], [62, 11], [30, 99]);
    await desk.log.flushed();
    expect(desk.minutes).toEqual(['BTC-USD 0 o10 c10']);
    expect(desk.pipeline.counters.lateTrades).toBe(1);
  });

  it('after a restart bars that are on record are recognized', async () => {
    const first = await Desk.open();
    first.trade([1, 10], [62, 11], [123, 12]);
    await first.pipeline.onModuleDestroy();
    const second = await Desk.open(first.archive);
    expect(second.feed.context?.recordedUntilMs).toBeNull();
    second.trade([1, 10], [62, 11], [123, 12], [184, 13]);
    await second.log.flushed();
    expect(second.minutes).toEqual(['BTC-USD 2 o12 c12']);
    expect(second.log.stats.recognizedBars).toBeGreaterThanOrEqual(2);
  });

  it('batches are handed on as they came, and the newest trade is known', async () => {
    const desk = await Desk.open();
    const seen: TradeBatch[] = [];
    desk.pipeline.trades$.subscribe((batch) => seen.push(batch));
    expect([desk.pipeline.lastTickMs, desk.pipeline.lastTrade('IBM')]).toEqual([null, undefined]);
    desk.trade([1, 10], [2, 11]);
    expect(seen.map(({ length }) => length)).toEqual([2]);
    expect(desk.pipeline.lastTrade('BTC-USD')).toMatchObject({ price: 11, size: 2, tsMs: at(2) });
    expect(desk.pipeline.lastTickMs).toBe(desk.clock.nowMs());
  });
});

describe('forming bars', () => {
  it('are sampled every period while trades come, for the timeframes somebody demands', async () => {
    const desk = await Desk.open();
    const seen = desk.watch();
    const ends = [desk.pipeline.demandMicrobars('1m'), desk.pipeline.demandMicrobars('1h')];
    desk.trade([1, 10], [2, 11]);
    await desk.clock.advance(249);
    expect(seen).toEqual([]);
    await desk.clock.advance(1);
    expect(seen.map(shape)).toEqual(['BTC-USD 1m 0c11', 'BTC-USD 1h c11']);
    await desk.clock.advance(1_000);
    expect(seen).toHaveLength(2);
    for (const end of ends) end();
    desk.trade([3, 12]);
    await desk.clock.advance(1_000);
    expect(seen).toHaveLength(2);
  });

  it('are demanded until the last one lets go', async () => {
    const desk = await Desk.open();
    const seen = desk.watch();
    const [one, other] = [desk.pipeline.demandMicrobars('1m'), desk.pipeline.demandMicrobars('1m')];
    one();
    desk.trade([1, 10]);
    await desk.clock.advance(250);
    expect(seen).toHaveLength(1);
    other();
    desk.trade([2, 11]);
    await desk.clock.advance(250);
    expect(seen).toHaveLength(1);
  });

  it('cost no timer while nobody listens', async () => {
    const desk = await Desk.open();
    expect(desk.clock.pendingTimers).toBe(0);
    const subscription = desk.pipeline.microbars$.subscribe();
    expect(desk.clock.pendingTimers).toBe(1);
    subscription.unsubscribe();
    expect(desk.clock.pendingTimers).toBe(0);
  });

  it('of bars that are on record already are not shown: a file played again forms nothing old', async () => {
    const first = await Desk.open();
    first.trade([1, 10], [62, 11]);
    await first.pipeline.onModuleDestroy();
    const second = await Desk.open(first.archive);
    const seen = second.watch();
    second.pipeline.demandMicrobars('1m');
    second.trade([1, 10]);
    await second.clock.advance(250);
    expect(seen).toEqual([]);
    expect(second.pipeline.formingBars(['BTC-USD'], '1m')).toEqual([]);
    second.trade([62, 11]);
    await second.clock.advance(250);
    expect(seen.map(shape)).toEqual(['BTC-USD 1m 1c11']);
  });

  it('are there for somebody who has just come, changed or not, and only of symbols that are carried', async () => {
    const desk = await Desk.open();
    desk.trade([1, 10], [2, 20, 1]);
    await desk.clock.advance(1_000);
    const forming = desk.pipeline.formingBars(['ETH-USD', 'IBM', 'BTC-USD'], '5m');
    expect(forming.map(shape)).toEqual(['ETH-USD 5m c20', 'BTC-USD 5m c10']);
    expect(desk.pipeline.formingBars(['ETH-USD'], '1m')[0]).toEqual({
      symbol: 'ETH-USD',
      timeframe: '1m',
      seq: OPEN_SEQ,
      bar_start: OPEN_MS,
      bar_end: OPEN_MS + 60_000,
      ohlcv: { o: 20, h: 20, l: 20, c: 20, v: 2 },
      ts: at(2),
    });
  });
});

describe('the state of the feed', () => {
  it('is healthy and starting at first, then what the feed says, each change once', async () => {
    const desk = await Desk.open();
    desk.say({ kind: 'status', state: 'live', reason: 'connected' });
    desk.say({ kind: 'status', state: 'live', reason: 'connected' });
    await desk.clock.advance(30_000);
    desk.say({ kind: 'status', state: 'stale', reason: 'no trades for 30 s' });
    expect(desk.statuses).toEqual([
      { state: 'live', source: 'scripted', reason: 'starting', ts: OPEN_MS },
      { state: 'live', source: 'scripted', reason: 'connected', ts: OPEN_MS },
      { state: 'stale', source: 'scripted', reason: 'no trades for 30 s', ts: OPEN_MS + 30_000 },
    ]);
    expect(desk.pipeline.currentStatus).toEqual(desk.statuses.at(-1));
  });

  it('is down when the feed fails against its promise never to', async () => {
    const desk = await Desk.open();
    desk.feed.events.error(new Error('the socket\nis gone'));
    expect(desk.pipeline.currentStatus).toMatchObject({
      state: 'down',
      reason: 'the scripted feed failed: the socket is gone',
    });
  });

  it('is ready once caught up and everything of the past is on record', async () => {
    const desk = await Desk.open();
    const release = desk.archive.hold();
    desk.trade([1, 10], [62, 11]);
    expect(desk.pipeline.isReady).toBe(false);
    desk.say({ kind: 'caught_up' });
    await desk.clock.advance(10_000);
    expect(desk.pipeline.isReady).toBe(false);
    release();
    await desk.log.flushed();
    await desk.clock.advance(0);
    expect(desk.pipeline.isReady).toBe(true);
  });

  it('is as ready as it will get when the feed is known not to come', async () => {
    const desk = await Desk.open();
    desk.say({ kind: 'status', state: 'down', reason: 'the key is refused' });
    expect(desk.pipeline.isReady).toBe(true);
  });
});

describe('what a feed refuses', () => {
  it('is counted by reason, and shown at most once in five seconds each', async () => {
    const desk = await Desk.open();
    const warn = jest.mocked(Logger.prototype.warn);
    const reject = (...args: Parameters<FeedContext['reject']>): void => desk.feed.context?.reject(...args);
    for (let row = 1; row <= 1_000; row++) reject('bad_price', `row ${row}: price 0`);
    reject('malformed', 'row 7: four cells', 25);
    expect(desk.pipeline.counters.rejected).toEqual({ bad_price: 1_000, malformed: 25 });
    expect(warn.mock.calls).toEqual([
      ['refused (bad_price, 1 so far): row 1: price 0'],
      ['refused (malformed, 25 so far): row 7: four cells'],
    ]);
    await desk.clock.advance(5_000);
    reject('bad_price', 'row 1001: price 0');
    expect(warn.mock.calls.at(-1)).toEqual(['refused (bad_price, 1001 so far): row 1001: price 0']);
  });
});

describe('stopping', () => {
  it('closes the feed and waits for what it finalized', async () => {
    const desk = await Desk.open();
    const release = desk.archive.hold();
    desk.trade([1, 10], [62, 11]);
    let isStopped = false;
    const stopping = desk.pipeline.onModuleDestroy().then(() => {
      isStopped = true;
    });
    expect(desk.feed.events.observed).toBe(false);
    await desk.clock.advance(1_000);
    expect(isStopped).toBe(false);
    release();
    await stopping;
    expect(desk.minutes).toEqual(['BTC-USD 0 o10 c10']);
  });

  it('hands a waiting feed the log to wait for', async () => {
    const desk = await Desk.open();
    await expect(desk.feed.context?.writable()).resolves.toBeUndefined();
    expect(desk.feed.context?.clock).toBe(desk.clock);
  });
});

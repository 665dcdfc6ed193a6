import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Bar, FinishedMinute } from '@libs/bars';
import type { DataGap } from '@libs/contract';
import { Subject } from 'rxjs';
import { ManualClock } from '../common/manual-clock.js';
import { BarLog } from './bar-log.js';
import { FeedRun } from './feed-run.js';
import type { FeedContext, FeedEvent, MarketFeed, SymbolChange } from './feeds/market-feed.port.js';
import { describeSymbol } from './feeds/symbol-info.js';
import { InMemoryBarArchive } from './in-memory-bar-archive.suite.js';
import { QuoteBoard } from './quotes/quote-board.js';
import { RejectionLog } from './rejection-log.js';

/** A Monday, 14:30 UTC. */
const OPEN_MS = Date.UTC(2026, 2, 2, 14, 30);
const MINUTE_MS = 60_000;

/** A live feed that says what a test makes it say. */
class LiveScript implements MarketFeed {
  readonly source = 'scripted';
  readonly healthyState = 'live';
  readonly recordKey = 'scripted live';
  readonly resumesRecord = true;
  readonly symbols;
  readonly events = new Subject<FeedEvent>();
  context: FeedContext | null = null;

  constructor(symbols: readonly string[]) {
    this.symbols = symbols.map((symbol) => describeSymbol(symbol, 'coinbase'));
  }

  open(context: FeedContext): Subject<FeedEvent> {
    this.context = context;
    return this.events;
  }

  /** Finished minutes of all symbols, numbered from the open; each has the volume 1. */
  minutes(from: number, to: number): void {
    const minutes: FinishedMinute[] = [];
    for (let minute = from; minute < to; minute++) {
      for (const symbolIndex of this.symbols.keys()) {
        const price = 100 + minute;
        const prices = { o: price, h: price, l: price, c: price, vw: price };
        minutes.push({ symbolIndex, startMs: OPEN_MS + minute * MINUTE_MS, ...prices, v: 1, n: 1 });
      }
    }
    this.events.next({ kind: 'minutes', role: 'fill', minutes });
  }

  /** Past minutes of one symbol. */
  past(symbolIndex: number, from: number, to: number): void {
    const minutes = Array.from({ length: to - from }, (_, index): FinishedMinute => {
      const price = 100 + from + index;
      const startMs = OPEN_MS + (from + index) * MINUTE_MS;
      return { symbolIndex, startMs, o: price, h: price, l: price, c: price, vw: price, v: 1, n: 1 };
    });
    this.events.next({ kind: 'minutes', role: 'past', minutes });
  }

  clock(minute: number): void {
    this.events.next({ kind: 'clock', nowMs: OPEN_MS + minute * MINUTE_MS + 1_000 });
  }
}

/** Runs a feed on a record until everything it told is there. */
async function run(
  archive: InMemoryBarArchive,
  symbols: readonly string[],
  script: (feed: LiveScript) => void,
): Promise<{ bars: Bar[]; gaps: DataGap[]; recordedUntilMs: number | null }> {
  const clock = new ManualClock(OPEN_MS);
  const log = await BarLog.open(archive, clock, { recordKey: 'scripted live', symbols, tailCap: 1_000 });
  const feed = new LiveScript(symbols);
  const gaps: DataGap[] = [];
  const nothing = (): void => undefined;
  const feedRun = new FeedRun({
    quotes: new QuoteBoard(),
    onHalts: () => undefined,
    feed,
    firstSymbols: feed.symbols.length,
    log,
    clock,
    graceMs: 1_000,
    rejections: new RejectionLog(clock),
    onStatus: nothing,
    onTrades: nothing,
    onCaughtUp: nothing,
    onGap: (gap) => gaps.push(gap),
  });
  feedRun.open();
  while (feed.context === null) await clock.advance(1);
  script(feed);
  await feedRun.settled();
  await log.flushed();
  feedRun.close();
  return { bars: archive.bars.map(({ bar }) => bar), gaps, recordedUntilMs: feed.context.recordedUntilMs };
}

const shape = (bars: readonly Bar[], symbol: string, timeframe: string): string[] =>
  bars
    .filter((bar) => bar.symbol === symbol && bar.timeframe === timeframe)
    .map(
      ({ bar_start, ohlcv }) => `${(bar_start - OPEN_MS) / MINUTE_MS} o${ohlcv.o} c${ohlcv.c} v${ohlcv.v}`,
    );

beforeEach(() => {
  for (const level of ['log', 'warn', 'error'] as const) {
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
  }
});

describe('a run of a live feed', () => {
  test('takes up the bars that were forming when the process stopped', async () => {
    const archive = new InMemoryBarArchive();
    await run(archive, ['BTC-USD'], (feed) => {
      feed.minutes(0, 3);
      feed.clock(3);
    });
    const { bars, recordedUntilMs } = await run(archive, ['BTC-USD'], (feed) => {
      feed.minutes(3, 7);
      feed.clock(7);
    });
    expect(recordedUntilMs).toBe(OPEN_MS + 2 * MINUTE_MS);
    expect(shape(bars, 'BTC-USD', '1m')).toHaveLength(7);
    expect(shape(bars, 'BTC-USD', '5m')).toEqual(['0 o100 c104 v5']);
  });

  test('a symbol that is new gets its history, and what is on record stays as it is', async () => {
    const archive = new InMemoryBarArchive();
    await run(archive, ['BTC-USD'], (feed) => {
      feed.minutes(0, 6);
      feed.clock(6);
    });
    const { bars, recordedUntilMs } = await run(archive, ['BTC-USD', 'ETH-USD'], (feed) => {
      feed.minutes(0, 8);
      feed.clock(8);
    });
    expect(recordedUntilMs).toBeNull();
    for (const symbol of ['BTC-USD', 'ETH-USD']) {
      expect(shape(bars, symbol, '1m')).toHaveLength(8);
      expect(shape(bars, symbol, '5m')).toEqual(['0 o100 c104 v5']);
    }
  });

  test('a symbol that joins, is let go of and comes back has every bar once, coarser ones whole', async () => {
    const archive = new InMemoryBarArchive();
    const symbols = ['BTC-USD'];
    const clock = new ManualClock(OPEN_MS);
    const log = await BarLog.open(archive, clock, { recordKey: 'scripted live', symbols, tailCap: 1_000 });
    const feed = new LiveScript(symbols);
    const nothing = (): void => undefined;
    const rejections = new RejectionLog(clock);
    const events = { onStatus: nothing, onTrades: nothing, onCaughtUp: nothing, onGap: nothing };
    const feedRun = new FeedRun({
      feed,
      firstSymbols: 1,
      log,
      clock,
      graceMs: 1_000,
      rejections,
      quotes: new QuoteBoard(),
      onHalts: () => undefined,
      ...events,
    });
    feedRun.open();
    const changes: SymbolChange[] = [];
    feed.context?.changes?.subscribe((change) => changes.push(change));
    const told = async (count: number): Promise<void> => {
      while (changes.length < count) await clock.advance(1);
    };

    await log.prepareSymbol('ETH-USD');
    log.addSymbol('ETH-USD');
    feed.symbols.push(describeSymbol('ETH-USD', 'coinbase'));
    feedRun.addSymbol();
    feedRun.follow(new Set([1]));
    // Not before everything that the others had to be told is there.
    expect(changes).toEqual([]);
    feed.events.next({ kind: 'caught_up' });
    feed.clock(7);
    feedRun.follow(new Set([1]));
    await told(1);
    feed.past(1, 0, 7);
    feed.clock(8);
    await log.flushed();
    feedRun.follow(new Set());
    feed.clock(20);
    await told(2);
    feedRun.follow(new Set([1]));
    await told(3);
    feed.past(1, 7, 20);
    feed.clock(21);
    await log.flushed();
    feedRun.close();

    expect(changes).toEqual([
      { kind: 'join', symbolIndex: 1, recordedUntilMs: null },
      { kind: 'leave', symbolIndex: 1 },
      { kind: 'join', symbolIndex: 1, recordedUntilMs: OPEN_MS + 6 * MINUTE_MS },
    ]);
    const bars = archive.bars.map(({ bar }) => bar);
    expect(shape(bars, 'ETH-USD', '1m').map((line) => line.split(' ')[0])).toEqual(
      Array.from({ length: 20 }, (_, minute) => String(minute)),
    );
    expect(shape(bars, 'ETH-USD', '5m')).toEqual([
      '0 o100 c104 v5',
      '5 o105 c109 v5',
      '10 o110 c114 v5',
      '15 o115 c119 v5',
    ]);
  });

  test('a gap is told with the name of the symbol', async () => {
    const { gaps } = await run(new InMemoryBarArchive(), ['BTC-USD', 'ETH-USD'], (feed) => {
      const span = { fromMs: OPEN_MS, toMs: OPEN_MS + MINUTE_MS };
      feed.events.next({ kind: 'gap', symbolIndex: 1, ...span, reason: 'nobody has it' });
    });
    expect(gaps).toEqual([
      { symbol: 'ETH-USD', from: OPEN_MS, to: OPEN_MS + MINUTE_MS, reason: 'nobody has it' },
    ]);
  });
});

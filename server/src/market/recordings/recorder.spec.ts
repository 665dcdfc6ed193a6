import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  BarPipeline,
  canonicalBars,
  createTradeBatch,
  pushTrade,
  seqOf,
  UPDATES_ALL,
  UPDATES_HIGH_LOW,
  UPDATES_VOLUME,
  UPDATES_VWAP,
  type Bar,
  type ClosedBar,
  type Trade,
  type TradeBatch,
} from '@libs/bars';
import { dayStartOf } from '@libs/calendar';
import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Subject } from 'rxjs';
import { makeFolder } from '../feeds/testing/trade-files.suite.js';
import { ManualClock } from '../../common/manual-clock.js';
import { FileFeed } from '../feeds/file.feed.js';
import type { FeedEvent } from '../feeds/market-feed.port.js';
import { SeededRandom } from '../feeds/simulator/seeded-random.js';
import { describeSymbol } from '../feeds/symbol-info.js';
import { parseTradeFileName, type TradeFileName } from '../feeds/trade-file/trade-file-name.js';
import { inspectTradeFiles } from '../feeds/trade-file/trade-file-set.js';
import type { MarketPipeline } from '../market-pipeline.js';
import { RecordedDays } from './recorded-days.js';
import { Recorder } from './recorder.js';
import { recordingsFolder } from './recording-name.js';
import { RecordingWriter, type RecordingOrder, type RecordingReport } from './recording-writer.port.js';

const SYMBOLS = ['BRK.B', 'BTC-USD', 'ETH-USD', 'SPY', 'TSLA'].map((symbol) =>
  describeSymbol(symbol, 'massive'),
);
/** Ten minutes before midnight, UTC and so in crypto: two trading days. */
const START_MS = Date.UTC(2026, 2, 2, 23, 50);
const DAY_MS = 86_400_000;
const UPDATES = [
  UPDATES_ALL,
  UPDATES_ALL,
  UPDATES_VOLUME | UPDATES_VWAP,
  UPDATES_HIGH_LOW | UPDATES_VOLUME,
  0,
];

/** A live market of five symbols as the recorder sees it. */
class LiveMarket {
  readonly symbols = SYMBOLS;
  readonly growth = {};
  readonly trades = new Subject<TradeBatch>();
  readonly trades$ = this.trades;
  holdsFeed = true;
  get pipeline(): MarketPipeline {
    return this as unknown as MarketPipeline;
  }
}

/** Twenty minutes of trades, some late within the grace, prices of any size, fractions included. */
function tapeOf(seed: number, fromMs = START_MS, count = 4_000): Trade[] {
  const random = new SeededRandom(seed);
  let tsMs = fromMs;
  return Array.from({ length: count }, () => {
    tsMs += Math.floor(random.uniform() * 600);
    const symbolIndex = Math.floor(random.uniform() * SYMBOLS.length);
    const price = [652.84, 98_123.45, 0.000_000_12, 17, 1e9][symbolIndex] as number;
    return {
      symbolIndex,
      tsMs: tsMs - (random.uniform() < 0.05 ? 400 : 0),
      price: price * (1 + random.normal() / 1_000),
      size: random.uniform() < 0.3 ? Math.ceil(random.uniform() * 900) : random.uniform() / 1e6,
      updates: UPDATES[Math.floor(random.uniform() * UPDATES.length)] as number,
    };
  });
}

function batchOf(trades: readonly Trade[]): TradeBatch {
  const batch = createTradeBatch(Math.max(1, trades.length));
  for (const trade of trades) pushTrade(batch, trade);
  return batch;
}

/** Canonical text of the finished minutes, by symbol. */
function digestsOf(
  bars: readonly ClosedBar[],
  symbols: readonly { symbol: string }[],
): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [index, { symbol }] of symbols.entries()) {
    const minutes = bars.filter(({ symbolIndex, timeframe }) => symbolIndex === index && timeframe === '1m');
    texts[symbol] = canonicalBars(
      minutes.map(
        ({ barStartMs, o, h, l, c, v }) =>
          ({ seq: seqOf(barStartMs, '1m'), ohlcv: { o, h, l, c, v } }) as Bar,
      ),
    );
  }
  return texts;
}

function pipelineOf(symbols: readonly (typeof SYMBOLS)[number][], closed: ClosedBar[]): BarPipeline {
  const dayStarts = symbols.map(({ calendar }) => dayStartOf(calendar));
  return new BarPipeline({ graceMs: 1_000, dayStarts, onClosed: (bar) => closed.push(bar) });
}

function live(trades: readonly Trade[]): Record<string, string> {
  const closed: ClosedBar[] = [];
  const bars = pipelineOf(SYMBOLS, closed);
  bars.fold(batchOf(trades));
  bars.finish();
  return digestsOf(closed, SYMBOLS);
}

/** Feeds everything that was recorded, as `FEED=file` does. */
async function replayed(dataDir: string): Promise<{ digests: Record<string, string>; rejected: string[] }> {
  const folder = recordingsFolder(dataDir);
  const names = (await readdir(folder)).map(
    (name) => parseTradeFileName(path.join(folder, name)) as TradeFileName,
  );
  const feed = new FileFeed({ files: await inspectTradeFiles(names), speed: 'max', salt: '' });
  const closed: ClosedBar[] = [];
  const rejected: string[] = [];
  const bars = pipelineOf(feed.symbols, closed);
  await new Promise<void>((resolve) => {
    const context = {
      clock: new ManualClock(0),
      recordedUntilMs: null,
      writable: () => Promise.resolve(),
      reject: (reason: string, sample: string) => rejected.push(`${reason} ${sample}`),
    };
    feed.open(context).subscribe({
      next: (event: FeedEvent) => {
        if (event.kind === 'trades') bars.fold(event.batch);
      },
      complete: resolve,
    });
  });
  bars.finish();
  return { digests: digestsOf(closed, feed.symbols), rejected };
}

function recorderOn(dataDir: string, market: LiveMarket, days = 5): Recorder {
  const writer = new RecordedDays({ folder: recordingsFolder(dataDir), days });
  const recorder = new Recorder(market.pipeline, new ManualClock(START_MS), writer);
  recorder.onApplicationBootstrap();
  return recorder;
}

beforeEach(() => {
  for (const level of ['log', 'warn', 'error'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
});

describe('the recorder', () => {
  test.each([1, 2, 3])(
    'five symbols through it and back have the bars they had live (seed %i)',
    async (seed) => {
      const dataDir = await makeFolder();
      const market = new LiveMarket();
      const recorder = recorderOn(dataDir, market);
      const trades = tapeOf(seed);
      for (let from = 0; from < trades.length; from += 700) {
        market.trades.next(batchOf(trades.slice(from, from + 700)));
        await recorder.flush();
      }
      await recorder.onApplicationShutdown();
      const { digests, rejected } = await replayed(dataDir);
      expect(rejected).toEqual([]);
      expect(digests).toEqual(live(trades));
      expect(recorder.stats).toMatchObject({ trades: trades.length, lostTrades: 0, waitingTrades: 0 });
      const names = await readdir(recordingsFolder(dataDir));
      expect(names).toContain('recorded-BTC-USD-2026-03-03.csv.gz');
      expect(names).not.toContain('recorded-SPY-2026-03-03.csv.gz');
    },
  );

  test('a file that a crash has cut is readable up to the cut, and is gone on with from the minute that comes again', async () => {
    const dataDir = await makeFolder();
    const market = new LiveMarket();
    const first = recorderOn(dataDir, market);
    const trades = tapeOf(4).filter(({ symbolIndex }) => symbolIndex === 3);
    const half = Math.floor(trades.length / 2);
    for (let from = 0; from < half; from += 50) {
      market.trades.next(batchOf(trades.slice(from, Math.min(half, from + 50))));
      await first.flush();
    }
    await first.onApplicationShutdown();
    const file = path.join(recordingsFolder(dataDir), 'recorded-SPY-2026-03-02.csv.gz');
    const { length } = await readFile(file);
    await truncate(file, length - 7);
    const cut = await replayed(dataDir);
    const whole = live(trades)['SPY'] ?? '';
    expect(cut.rejected).toEqual([]);
    const shown = (cut.digests['SPY'] ?? '').split('\n').slice(0, -2);
    expect(shown.length).toBeGreaterThan(3);
    expect(whole.startsWith(`${shown.join('\n')}\n`)).toBe(true);

    const minuteMs = Math.floor((trades[half - 60] as Trade).tsMs / 60_000) * 60_000;
    const again = recorderOn(dataDir, market);
    market.trades.next(batchOf(trades.filter(({ tsMs }) => tsMs >= minuteMs)));
    await again.onApplicationShutdown();
    const { digests, rejected } = await replayed(dataDir);
    expect(rejected).toEqual([]);
    expect(digests['SPY']).toBe(whole);
  });

  test('a folder that takes nothing is told, what waits is written later, and nothing breaks', async () => {
    const dataDir = await makeFolder();
    // A file stands where the folder should be.
    await writeFile(recordingsFolder(dataDir), '');
    const market = new LiveMarket();
    const recorder = recorderOn(dataDir, market);
    const trades = tapeOf(5, START_MS, 300);
    market.trades.next(batchOf(trades));
    await recorder.flush();
    expect(recorder.stats).toMatchObject({
      state: 'failing',
      trades: 0,
      fault: expect.stringMatching(/E[A-Z]+/),
    });
    await rm(recordingsFolder(dataDir));
    await recorder.flush();
    expect(recorder.stats).toMatchObject({ state: 'recording', fault: null, trades: 300, waitingTrades: 0 });
    await recorder.onApplicationShutdown();
    expect((await replayed(dataDir)).digests).toEqual(live(trades));
  });

  test('the newest days stay, older ones and nothing else are removed', async () => {
    const dataDir = await makeFolder();
    await mkdir(recordingsFolder(dataDir), { recursive: true });
    const nameOf = (day: number): string =>
      `recorded-SPY-${new Date(START_MS + day * DAY_MS).toISOString().slice(0, 10)}.csv.gz`;
    for (const name of [0, 1, 2, 3].map(nameOf))
      await writeFile(path.join(recordingsFolder(dataDir), name), '');
    await writeFile(path.join(recordingsFolder(dataDir), 'lean-SPY-2013-10-08.csv.gz'), '');
    const recorder = recorderOn(dataDir, new LiveMarket(), 2);
    await recorder.onApplicationShutdown();
    const left = await readdir(recordingsFolder(dataDir));
    expect(left.sort()).toEqual(['lean-SPY-2013-10-08.csv.gz', nameOf(2), nameOf(3)]);
  });

  test('an instance that follows records nothing', async () => {
    const dataDir = await makeFolder();
    const market = new LiveMarket();
    market.holdsFeed = false;
    const recorder = recorderOn(dataDir, market);
    market.trades.next(batchOf(tapeOf(6, START_MS, 10)));
    await recorder.onApplicationShutdown();
    expect(recorder.stats).toMatchObject({ state: 'off', trades: 0, openFiles: 0 });
  });

  test('a writer that fails loses what it was given, says so, and is given what comes next', async () => {
    const dataDir = await makeFolder();
    const market = new LiveMarket();
    const days = new RecordedDays({ folder: recordingsFolder(dataDir), days: 5 });
    const write = jest.spyOn(days, 'write').mockRejectedValueOnce(new Error('the thread is gone'));
    const recorder = new Recorder(market.pipeline, new ManualClock(START_MS), days);
    recorder.onApplicationBootstrap();
    const trades = tapeOf(7, START_MS, 300);
    market.trades.next(batchOf(trades.slice(0, 100)));
    expect(recorder.stats.waitingTrades).toBe(100);
    await recorder.flush();
    expect(recorder.stats).toMatchObject({
      state: 'failing',
      fault: 'the thread is gone',
      trades: 0,
      lostTrades: 100,
      waitingTrades: 0,
    });
    write.mockRestore();
    // The writer that takes its place is told of every symbol again by the thread that starts it; this one never heard.
    await days.write({ newSymbols: SYMBOLS, batches: [], holdsFeed: true });
    market.trades.next(batchOf(trades.slice(100)));
    await recorder.onApplicationShutdown();
    expect(recorder.stats).toMatchObject({ fault: null, trades: 200, lostTrades: 100, waitingTrades: 0 });
  });

  test('a slow writer is given one order at a time, and what comes meanwhile in the next', async () => {
    const market = new LiveMarket();
    const orders: number[] = [];
    let answer = (): void => undefined;
    const writer = new (class extends RecordingWriter {
      async write({ batches }: RecordingOrder): Promise<RecordingReport> {
        const recorded = batches.reduce((sum, { length }) => sum + length, 0);
        orders.push(recorded);
        await new Promise<void>((resolve) => (answer = resolve));
        return { recorded, waiting: 0, openFiles: 1, fault: null };
      }
      sweep = (): Promise<void> => Promise.resolve();
      close = (): Promise<void> => Promise.resolve();
    })();
    const clock = new ManualClock(START_MS);
    const recorder = new Recorder(market.pipeline, clock, writer);
    recorder.onApplicationBootstrap();
    const trades = tapeOf(8, START_MS, 90);
    for (let second = 0; second < 3; second++) {
      market.trades.next(batchOf(trades.slice(second * 30, second * 30 + 30)));
      await clock.advance(1_000);
    }
    expect(orders).toEqual([30]);
    expect(recorder.stats.waitingTrades).toBe(90);
    answer();
    await clock.advance(1_000);
    await clock.advance(1_000);
    expect(orders).toEqual([30, 60]);
    answer();
    await recorder.onApplicationShutdown();
    expect(recorder.stats).toMatchObject({ trades: 90, lostTrades: 0, waitingTrades: 0 });
  });
});

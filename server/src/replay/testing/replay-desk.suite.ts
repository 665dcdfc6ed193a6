import { barJson, type Bar, type Timeframe } from '@libs/bars';
import { dayStartOf } from '@libs/calendar';
import type { ReplayStart, ReplayState, SymbolInfo } from '@libs/contract';
import type { CompiledRule } from '@libs/rules';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { OWNER_ID } from '../../auth/index.js';
import { ManualClock } from '../../common/manual-clock.js';
import { parseEnv, type Env } from '../../config/env.schema.js';
import { FileFeed } from '../../market/feeds/file.feed.js';
import { dayRows, HEADER, makeFolder, writeTradeFile } from '../../market/feeds/testing/trade-files.suite.js';
import { inspectTradeFiles, type TradeFileSet } from '../../market/feeds/trade-file/trade-file-set.js';
import { BarLog, TradeFileCache, type MarketPipeline, type RecordedTrades } from '../../market/index.js';
import { FeedRun } from '../../market/feed-run.js';
import { InMemoryBarArchive } from '../../market/in-memory-bar-archive.suite.js';
import { KnownTrades } from '../../market/recorded-trades.js';
import { QuoteBoard } from '../../market/quotes/quote-board.js';
import { RejectionLog } from '../../market/rejection-log.js';
import { Replay } from '../replay.js';
import { ReplayPlanner } from '../replay-planner.js';
import { StoredBars } from '../stored-bars.js';

/** Half past nine in New York on two following days, and now. */
export const FIRST_OPEN_MS = Date.UTC(2026, 5, 1, 13, 30);
export const SECOND_OPEN_MS = Date.UTC(2026, 5, 2, 13, 30);
const NOW_MS = Date.UTC(2026, 5, 20);

/** Which trades there are on file, and of which days a replay may know the files. */
export interface RecordedWeek {
  readonly seed: number;
  readonly trades: number;
  readonly hasFile?: (symbol: string, date: string) => boolean;
}

/** Two days of two symbols that were live once: on record bar by bar, and their trades on file. */
export class ReplayDesk {
  readonly clock = new ManualClock(NOW_MS);
  readonly files = new TradeFileCache(2 ** 24);
  readonly planner: ReplayPlanner;
  readonly stored: StoredBars;
  rules: readonly CompiledRule[] = [];

  private constructor(
    readonly archive: InMemoryBarArchive,
    readonly log: BarLog,
    readonly env: Env,
    readonly symbols: readonly SymbolInfo[],
    recorded: RecordedTrades,
  ) {
    const market = { symbols } as unknown as MarketPipeline;
    this.stored = new StoredBars(archive, log);
    this.planner = new ReplayPlanner(recorded, this.stored, market, this.clock, env);
  }

  static async open({ seed, trades, hasFile = () => true }: RecordedWeek): Promise<ReplayDesk> {
    const folder = await makeFolder();
    const names = [];
    for (const [index, symbol] of ['ACME', 'BOLT'].entries()) {
      for (const openMs of [FIRST_OPEN_MS, SECOND_OPEN_MS]) {
        const date = new Date(openMs).toISOString().slice(0, 10);
        const rows = dayRows(seed + index + openMs / 60_000, openMs, trades);
        const text = [HEADER, ...rows].join('\n');
        names.push(await writeTradeFile(folder, `spotlight-${symbol}-${date}.csv.gz`, `${text}\n`));
      }
    }
    const all = await inspectTradeFiles(names);
    const known = await inspectTradeFiles(names.filter(({ symbol, date }) => hasFile(symbol, date)));
    const archive = new InMemoryBarArchive();
    const clock = new ManualClock(NOW_MS);
    const log = await BarLog.open(archive, clock, {
      recordKey: 'week',
      symbols: all.symbols.map(({ symbol }) => symbol),
      tailCap: 1_000,
    });
    await playLive(all, log, clock);
    return new ReplayDesk(archive, log, parseEnv({}), all.symbols, new KnownTrades(known, folder));
  }

  async start(changes: Partial<ReplayStart> = {}): Promise<Replay> {
    const start: ReplayStart = {
      symbols: ['ACME', 'BOLT'],
      from: FIRST_OPEN_MS,
      speed: 'max',
      timeframe: '1m',
      paused: true,
      ...changes,
    };
    return Replay.open({
      id: 'p0000000000000000',
      ownerId: OWNER_ID,
      plan: await this.planner.plan(start),
      speed: start.speed,
      paused: start.paused,
      clock: this.clock,
      stored: this.stored,
      files: this.files,
      rules: () => Promise.resolve(this.rules),
      graceMs: this.env.BAR_GRACE_MS,
      microbarMs: this.env.MICROBAR_MS,
      tailCap: 20_000,
    });
  }

  /** Lets wall time pass until a replay is as wanted; `stepMs` of it at a time. */
  async until(replay: Replay, isReached: (state: ReplayState) => boolean, stepMs = 20): Promise<void> {
    for (;;) {
      if (isReached(replay.state)) return;
      // Time passes at once, as on a machine that was busy elsewhere; then the timers have their turn.
      this.clock.setBack(20 - stepMs);
      await this.clock.advance(20);
      await nextTurn();
    }
  }

  /** Bars that ended by a moment, as live gave them: the text of each, in the order of the log. */
  liveBars(fromMs: number, toMs: number, symbols: readonly string[] = ['ACME', 'BOLT']): string[] {
    return this.archive.committed
      .filter(({ bar }) => symbols.includes(bar.symbol))
      .filter(({ bar }) => endOf(bar) > fromMs && endOf(bar) <= toMs)
      .map(({ bar }) => barJson(bar));
  }

  /** One series as live gave it. */
  async liveSeries(symbol: string, timeframe: Timeframe, limit: number): Promise<string[]> {
    const bars = await this.stored.read({ symbol, timeframe, limit }, 0);
    return bars.map(barJson);
  }
}

/** End of the time a bar covers. */
export function endOf({ bar_start, bar_end, timeframe }: Bar): number {
  return timeframe === '1d' ? dayStartOf('XNYS')(bar_start + 26 * 3_600_000) : bar_end;
}

async function playLive(files: TradeFileSet, log: BarLog, clock: ManualClock): Promise<void> {
  await new Promise<void>((resolve) => {
    const run = new FeedRun({
      quotes: new QuoteBoard(),
      onHalts: () => undefined,
      feed: new FileFeed({ files, speed: 'max', salt: '' }),
      firstSymbols: files.symbols.length,
      log,
      clock,
      graceMs: parseEnv({}).BAR_GRACE_MS,
      rejections: new RejectionLog(clock),
      onStatus: (_state, reason) => {
        if (reason.includes('have been played')) resolve();
      },
      onTrades: () => undefined,
      onCaughtUp: () => undefined,
      onGap: () => undefined,
    });
    run.open();
  });
  // The data is over: its last bars are finalized in the same turn, and written in later ones.
  await nextTurn();
  await log.flushed();
}

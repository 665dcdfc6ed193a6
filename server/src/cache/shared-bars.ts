import { timeframeMs, type Bar, type EpochMs } from '@libs/bars';
import { tradingDaysBack, type CalendarName } from '@libs/calendar';
import type { SymbolInfo } from '@libs/contract';
import { OneByOne, QueueFullError } from '../common/one-by-one.js';
import type { BarLog, LoggedBar } from '../market/index.js';
import type { BarQuery } from './bar-query.js';
import { chainedBars } from './chained-bars.js';
import { LatestRevisions } from './latest-revisions.js';
import type { DatedBar, SharedDays } from './shared-days.js';
import { tradeDateOf, tradeDates } from './trade-dates.js';

const DAY_MS = 86_400_000;
/** From 04:00 to 20:00. */
const STOCK_DAY_MS = 16 * 3_600_000;
/** Published bars that wait to be written; further ones are left to whoever reads them from the database. */
const MOST_WAITING = 5_000;
/** Answers of the database that wait to be written. */
const MOST_FILLS = 8;

/** Bars out of Redis. `bars` is `null` where Redis does not hold all of them. */
export interface SharedRead {
  readonly bars: Bar[] | null;
  /** The generation that what the database answers may be added to. */
  readonly generation: string;
}

/** What bars are shared with. */
export interface SharedBarsParts {
  readonly days: SharedDays;
  readonly log: Pick<BarLog, 'epoch' | 'seriesFor'>;
  /** May grow at its end. */
  readonly symbols: readonly SymbolInfo[];
  readonly cacheDays: number;
  /** Whether more of the past may come on record, so that a bar that is the first one now need not stay it. */
  readonly mayDeepen: boolean;
}

/**
 * Finalized bars that all instances share through Redis, in front of the database. The instance that writes the log adds
 * what it publishes, any instance what it had to read from the database. Redis may lack anything at any time: an answer
 * counts only where its bars prove that none is missing.
 */
export class SharedBars {
  private readonly dateOf: ReadonlyMap<CalendarName, (tsMs: EpochMs) => string>;
  private readonly revisions = new LatestRevisions();
  private readonly fills = new OneByOne(MOST_FILLS);
  private waiting: DatedBar[] = [];
  private isWriting = false;
  /** Whether a correction may be missing in Redis. Only whoever writes can tell. */
  private isDoubtful = false;

  constructor(private readonly parts: SharedBarsParts) {
    this.dateOf = new Map(
      (['XNYS', '24x7'] as const).map((calendar) => [calendar, tradeDateOf(calendar)] as const),
    );
  }

  /** What Redis holds of an answer; `null` where it is not asked, because it is away or the question spans too many days. */
  async read(query: BarQuery): Promise<SharedRead | null> {
    const dates = this.datesOf(query);
    if (dates === null || this.isDoubtful) return null;
    const { log, days } = this.parts;
    try {
      const { generation, bars } = await days.read(log.epoch.id, query.symbol, query.timeframe, dates);
      const newestSeq = log.seriesFor(query.symbol, query.timeframe)?.publishedSeq ?? null;
      return { generation, bars: chainedBars(this.revisions.applied(bars), query, newestSeq) };
    } catch {
      return null; // The link has told that Redis is away; the database answers.
    }
  }

  /** Adds what the database answered to the generation that counted before it was asked. */
  fill(read: () => Promise<readonly Bar[]>, generation: string): void {
    const epochId = this.parts.log.epoch.id;
    this.fills
      .run(async () => this.parts.days.write(epochId, this.dated(await read()), generation))
      .catch((thrown: unknown) => {
        // Whoever asks next fills it: neither a full queue nor a Redis that is away is anybody's trouble here.
        if (thrown instanceof QueueFullError) return;
      });
  }

  private calendarOf(wanted: string): CalendarName | undefined {
    return this.parts.symbols.find(({ symbol }) => symbol === wanted)?.calendar;
  }

  /** Remembers a correction, so that nothing older is answered whatever Redis holds. */
  note(bar: Bar): void {
    if (bar.rev > 0) this.revisions.add(bar);
  }

  /** This instance writes the log from now on: what an earlier one could not write to Redis is not known here. */
  takeOver(): void {
    this.isDoubtful = true;
    void this.write();
  }

  /** Another instance writes the log; it begins a generation of its own. */
  stepDown(): void {
    this.isDoubtful = false;
    this.waiting = [];
  }

  /** Another epoch: what was kept and remembered is of the one before. */
  restart(): void {
    this.waiting = [];
    this.revisions.clear();
  }

  /** Adds what the log has published. Only for the instance that writes it. */
  publish(run: readonly LoggedBar[]): void {
    const dated = this.dated(run.map(({ bar }) => bar));
    const room = Math.max(0, MOST_WAITING - this.waiting.length);
    if (dated.slice(room).some(({ bar }) => bar.rev > 0)) this.isDoubtful = true;
    this.waiting.push(...dated.slice(0, room));
    void this.write();
  }

  /** One command at a time; what comes meanwhile goes with the next one. */
  private async write(): Promise<void> {
    if (this.isWriting) return;
    this.isWriting = true;
    const { days, log } = this.parts;
    try {
      if (this.isDoubtful) {
        await days.beginGeneration(log.epoch.id);
        this.isDoubtful = false;
      }
      while (this.waiting.length > 0) {
        const run = this.waiting;
        this.waiting = [];
        await this.writeRun(run);
      }
    } catch {
      // The link has told that Redis is away. The next bar tries again.
    } finally {
      this.isWriting = false;
    }
  }

  private async writeRun(run: readonly DatedBar[]): Promise<void> {
    try {
      await this.parts.days.write(this.parts.log.epoch.id, run, null);
    } catch (thrown) {
      if (run.some(({ bar }) => bar.rev > 0)) this.isDoubtful = true;
      throw thrown;
    }
  }

  private dated(bars: readonly Bar[]): DatedBar[] {
    return bars.flatMap((bar) => {
      const dateOf = this.dateOf.get(this.calendarOf(bar.symbol) ?? '24x7');
      // Daily bars have a ring of years. And a first bar that more of the past may come before does not prove anything.
      const isOfUse = bar.timeframe !== '1d' && (bar.prev_seq !== null || !this.parts.mayDeepen);
      return isOfUse && dateOf !== undefined ? [{ bar, date: dateOf(bar.bar_start) }] : [];
    });
  }

  /** Trading days that may hold the answer, `null` where they are more than are kept. */
  private datesOf({ symbol, timeframe, limit, sinceSeq, before }: BarQuery): string[] | null {
    const calendar = this.calendarOf(symbol);
    const newestSeq = this.parts.log.seriesFor(symbol, timeframe)?.publishedSeq ?? null;
    if (calendar === undefined || newestSeq === null || timeframe === '1d') return null;
    const barMs = timeframeMs(timeframe);
    const barsPerDay = Math.max(1, Math.floor((calendar === '24x7' ? DAY_MS : STOCK_DAY_MS) / barMs));
    const span = Math.ceil(limit / barsPerDay) + 1;
    if (span > this.parts.cacheDays + 1) return null;
    const endMs = Math.min(before ?? Infinity, newestSeq) * barMs;
    if (sinceSeq === undefined) return tradeDates(calendar, tradingDaysBack(endMs, span, calendar), endMs);
    const fromMs = sinceSeq * barMs;
    const closedDays = calendar === '24x7' ? 0 : span + 3;
    return tradeDates(
      calendar,
      fromMs,
      Math.max(fromMs, Math.min(endMs, fromMs + (span + closedDays) * DAY_MS)),
    );
  }
}

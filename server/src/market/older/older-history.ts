import { Inject, Injectable, Logger } from '@nestjs/common';
import { BASE_TIMEFRAME, TIMEFRAMES, timeframeMs, type EpochMs, type Seq } from '@libs/bars';
import { dayStartOf, tradingDaysBack } from '@libs/calendar';
import type { SymbolInfo } from '@libs/contract';
import { randomBytes } from 'node:crypto';
import { Subscription } from 'rxjs';
import { Clock } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';
import { BarLog } from '../bar-log.js';
import { CHOSEN_FEED, type ChosenFeed } from '../chosen-feed.js';
import type { MarketFeed } from '../feeds/market-feed.port.js';
import type { Series } from '../series.js';
import { OlderBars, type OlderBar } from './older-bars.js';
import { distinctMinutes, rollUpPast } from './roll-up-past.js';

/** What the source is given to tell one stretch; then the symbol is free to be fetched by another instance. */
const FETCH_LIMIT_MS = 30_000;
const CLAIM_MS = 2 * FETCH_LIMIT_MS;
/** How often whoever waits for another instance's fetch looks whether it is done. */
const LOOK_MS = 100;
/** The source is asked again this long after it failed, doubled with every failure in a row up to the last. */
const FIRST_REST_MS = 2_000;
const LONGEST_REST_MS = 60_000;
/** And this long after it had nothing: before its history begins there is none, but a vendor may also be mistaken. */
const EMPTY_REST_MS = 10 * 60_000;
/** Symbols fetched at a time by this process; who asks for more is answered with what is on record. */
const MOST_AT_ONCE = 8;
/** Stretches fetched for one request, and how long a request waits for them. */
const MOST_STRETCHES = 8;
const ANSWER_WITHIN_MS = 4_000;

/** Trading days of a stretch, where CACHE_DAYS is not less. */
const MOST_DAYS = 5;

/** A time before the record, of whole trading days. */
interface Stretch {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** What somebody looked for and did not find on record. */
export interface PastWish {
  readonly symbol: string;
  /** The end of the bars that are looked for: nothing is fetched for a time that does not adjoin the record. */
  readonly beforeMs: EpochMs;
  /** Whether what is on record by now will do. */
  readonly isMet: () => Promise<boolean>;
}

/**
 * The past from before the record began, fetched from the feed's source stretch by stretch as somebody scrolls back, and
 * kept for good. However many ask, in this process and in others on the same database, a stretch is asked for once.
 */
@Injectable()
export class OlderHistory {
  private readonly logger = new Logger('history');
  private readonly feed: MarketFeed;
  private readonly fetches = new Map<
    string,
    { readonly done: Promise<boolean>; readonly sinceMs: EpochMs }
  >();
  private asked = 0;
  private brought = 0;

  constructor(
    @Inject(CHOSEN_FEED) { feed }: ChosenFeed,
    @Inject(ENV) private readonly env: Env,
    private readonly older: OlderBars,
    private readonly log: BarLog,
    private readonly clock: Clock,
  ) {
    this.feed = feed;
  }

  /** Whether the feed's source can be asked for the time before the record. */
  get isAvailable(): boolean {
    return this.feed.pastMinutes !== undefined;
  }

  /** Times this process asked the source. */
  get fetched(): number {
    return this.asked;
  }

  /** Stretches that this process has brought on record: what was read before one came may be short of it. */
  get version(): number {
    return this.brought;
  }

  /**
   * Brings more of a symbol's past on record until the wish is met or the source has no more to tell, for a bounded time;
   * what was begun by then goes on. Never fails: whoever asks is answered with what is on record.
   */
  async lookBack(wish: PastWish): Promise<void> {
    if (!this.isAvailable) return;
    let isOver = false;
    let cancel = (): void => undefined;
    const isDue = new Promise<void>((resolve) => {
      cancel = this.clock.after(ANSWER_WITHIN_MS, () => {
        isOver = true;
        resolve();
      });
    });
    const work = async (): Promise<void> => {
      for (let stretches = 0; stretches < MOST_STRETCHES && !isOver; stretches++) {
        // In this order: what another instance brings after the first question is seen by the second, or stops the third.
        const reachMs = await this.reachMs(wish.symbol);
        if (reachMs === null || (await wish.isMet())) return;
        if (!(await this.deepen(wish.symbol, reachMs, wish.beforeMs))) return;
      }
    };
    await Promise.race([isDue, work().catch(this.tell(wish.symbol))]);
    cancel();
  }

  /** Brings a symbol's past on record back to an instant, as far as the source tells it. */
  async reachBackTo(symbol: string, instantMs: EpochMs): Promise<void> {
    for (let stretches = 0; this.isAvailable && stretches < MOST_STRETCHES; stretches++) {
      const reachMs = await this.reachMs(symbol);
      if (reachMs === null || reachMs <= instantMs || !(await this.deepen(symbol, reachMs, reachMs))) return;
    }
  }

  /**
   * One stretch more than up to `reachMs`, or what is being fetched already. `false` where none came: the source has no
   * more, is left alone, or is not to be asked.
   */
  private deepen(symbol: string, reachMs: EpochMs, beforeMs: EpochMs): Promise<boolean> {
    const known = this.fetches.get(symbol);
    if (known !== undefined) {
      // Nobody waits for a source that has kept others waiting for as long as anybody waits.
      const isSlow = this.clock.nowMs() - known.sinceMs > ANSWER_WITHIN_MS;
      return isSlow ? Promise.resolve(false) : known.done;
    }
    const index = this.feed.symbols.findIndex((one) => one.symbol === symbol);
    const info = this.feed.symbols[index];
    if (info === undefined || this.fetches.size >= MOST_AT_ONCE) return Promise.resolve(false);
    const fromMs = tradingDaysBack(reachMs, Math.min(this.env.CACHE_DAYS, MOST_DAYS), info.calendar);
    if (beforeMs <= fromMs) return Promise.resolve(false);
    const done = this.fetchNext(index, info, { fromMs, toMs: reachMs }).finally(() => {
      this.fetches.delete(symbol);
    });
    this.fetches.set(symbol, { done, sinceMs: this.clock.nowMs() });
    return done;
  }

  private async fetchNext(symbolIndex: number, info: SymbolInfo, stretch: Stretch): Promise<boolean> {
    const minutes = this.log.seriesFor(info.symbol, BASE_TIMEFRAME);
    if (minutes === undefined) return false;
    const { isResting, isFetching, failures } = await this.older.state(minutes);
    if (isFetching) return this.waitForOther(minutes);
    if (isResting) return false;
    const token = randomBytes(8).toString('hex');
    if (!(await this.older.claim(minutes, token, CLAIM_MS))) return this.waitForOther(minutes);
    // Somebody may have been there between the look and the claim.
    if ((await this.reachMs(info.symbol)) !== stretch.toMs) {
      await this.older.rest(minutes, token, 0, false);
      return true;
    }
    let bars: OlderBar[];
    try {
      bars = await this.fetch(symbolIndex, info, stretch);
    } catch (thrown) {
      const restMs = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** failures);
      this.logger.warn(`the past of ${info.symbol} could not be fetched: ${messageOf(thrown)}`);
      await this.older.rest(minutes, token, restMs, true);
      return false;
    }
    if (bars.length === 0) {
      await this.older.rest(minutes, token, EMPTY_REST_MS, false);
      return false;
    }
    if (!(await this.older.store(minutes, token, stretch.fromMs, bars))) return true;
    const since = new Date(stretch.fromMs).toISOString();
    this.logger.log(`the past of ${info.symbol} is on record from ${since} on`);
    this.brought++;
    return true;
  }

  /** Asks the source for a stretch. Bars that are on record already, or reach into the record, are left out. */
  private async fetch(symbolIndex: number, info: SymbolInfo, { fromMs, toMs }: Stretch): Promise<OlderBar[]> {
    const series = TIMEFRAMES.flatMap((timeframe) => this.log.seriesFor(info.symbol, timeframe) ?? []);
    const lifetime = new Subscription();
    const cancel = this.clock.after(FETCH_LIMIT_MS, () => {
      lifetime.unsubscribe();
    });
    this.asked++;
    const found = await this.feed
      .pastMinutes?.({ symbolIndex, fromMs, toMs }, this.clock, lifetime)
      .finally(() => {
        cancel();
        lifetime.unsubscribe();
      });
    const minutes = (found?.minutes ?? []).filter(({ startMs }) => startMs >= fromMs && startMs < toMs);
    const oldest = await this.older.oldestSeqs(series);
    const byTimeframe = new Map(series.map((one) => [one.timeframe, one.id]));
    return rollUpPast(info, distinctMinutes(minutes)).flatMap((bar) => {
      const seriesId = byTimeframe.get(bar.timeframe);
      if (seriesId === undefined || bar.seq >= (oldest.get(seriesId) ?? Infinity)) return [];
      const isWhole = bar.timeframe === '1d' || bar.bar_start + timeframeMs(bar.timeframe) <= toMs;
      return isWhole ? [{ seriesId, bar }] : [];
    });
  }

  /** Resolves when the instance that is fetching is done. */
  private async waitForOther(minutes: Series): Promise<boolean> {
    for (let looks = 0; looks < CLAIM_MS / LOOK_MS; looks++) {
      await new Promise<void>((resolve) => this.clock.after(LOOK_MS, resolve));
      const { isFetching, isResting } = await this.older.state(minutes);
      if (!isFetching) return !isResting;
    }
    return false;
  }

  /** From when on a symbol's past is on record, always with a trading day; `null` where it has no record yet. */
  private async reachMs(symbol: string): Promise<EpochMs | null> {
    const minutes = this.log.seriesFor(symbol, BASE_TIMEFRAME);
    const info = this.feed.symbols.find((one) => one.symbol === symbol);
    if (minutes === undefined || info === undefined) return null;
    const { fromMs } = await this.older.state(minutes);
    if (fromMs !== null) return fromMs;
    const oldest: Seq | undefined = (await this.older.oldestSeqs([minutes])).get(minutes.id);
    // The first day on record may have begun without us: its longer bars are what they are, and its minutes belong to them.
    return oldest === undefined ? null : dayStartOf(info.calendar)(oldest * timeframeMs(BASE_TIMEFRAME));
  }

  private tell(symbol: string): (thrown: unknown) => void {
    return (thrown) => {
      this.logger.warn(`the past of ${symbol} could not be looked for: ${messageOf(thrown)}`);
    };
  }
}

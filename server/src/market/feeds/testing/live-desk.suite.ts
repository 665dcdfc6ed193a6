import { BarPipeline, periodEndMs, timeframeMs, type ClosedBar, type FinishedMinute } from '@libs/bars';
import { dayStartOf } from '@libs/calendar';
import { setTimeout as delay } from 'node:timers/promises';
import { Subject, type Subscription } from 'rxjs';
import {
  referenceBars,
  type TapeEvent,
} from '../../../../../libs/bars/src/testing/reference-builder.suite.js';
import { ManualClock } from '../../../common/manual-clock.js';
import { LiveFeed } from '../live/live.feed.js';
import type { Vendor } from '../live/vendor.port.js';
import type { FeedEvent, SymbolChange } from '../market-feed.port.js';
import { describeSymbol } from '../symbol-info.js';
import type { FakeServer } from './fake-server.suite.js';
import type { FakeTape, TapeTrade } from './fake-tape.suite.js';

const GRACE_MS = 1_000;
const STEP_MS = 500;

/** A fake vendor as scenarios drive it. */
export interface FakeVenue extends FakeServer {
  readonly tape: FakeTape;
  vendor(wanted?: readonly string[]): Vendor;
  messageOf(trade: TapeTrade): unknown;
  tell(trades: readonly TapeTrade[]): void;
  beat(): void;
}

/** How trades of one step reach the wire. */
export type Telling = (trades: readonly TapeTrade[]) => void;

/**
 * A live feed on a fake venue, with a bar builder behind it, on a clock that is moved by hand: market time passes in steps
 * of 500 ms, and each step waits until everything sent was read.
 */
export class LiveDesk {
  readonly clock: ManualClock;
  readonly events: Exclude<FeedEvent, { kind: 'trades' }>[] = [];
  readonly rejected: string[] = [];
  readonly closed: ClosedBar[] = [];
  readonly official: FinishedMinute[] = [];
  readonly unknownConditions: string[] = [];
  trades = 0;
  private bars: BarPipeline;
  private subscription: Subscription | null = null;
  private sinceBeatMs = 0;
  private feed: LiveFeed | null = null;
  private readonly changes = new Subject<SymbolChange>();
  private readonly tradesBySymbol: number[] = [];

  constructor(
    startMs: number,
    readonly venue: (nowMs: () => number) => FakeVenue,
    private readonly priced: (trade: TapeTrade) => boolean = () => true,
    /** By how much the clock of this machine is ahead of the venue's. */
    private wrongByMs = 0,
  ) {
    this.clock = new ManualClock(startMs + wrongByMs);
    this.fake = venue(() => this.venueMs);
    this.bars = this.newBars();
  }

  readonly fake: FakeVenue;

  /** The venue's time. */
  get venueMs(): number {
    return this.clock.nowMs() - this.wrongByMs;
  }

  async open(
    options: { recordedUntilMs?: number | null; chance?: () => number; vendor?: Vendor } = {},
  ): Promise<void> {
    if (!this.fake.isListening) await this.fake.start();
    const feed = new LiveFeed(
      options.vendor ?? this.fake.vendor(),
      { salt: 'a', chance: options.chance ?? (() => 0.5) },
      this.clock,
    );
    this.feed = feed;
    this.subscription = feed
      .open({
        clock: this.clock,
        changes: this.changes,
        recordedUntilMs: options.recordedUntilMs ?? null,
        writable: async () => Promise.resolve(),
        reject: (reason, sample, count = 1) => {
          for (let i = 0; i < count; i++) this.rejected.push(`${reason}: ${sample}`);
        },
        unknownConditions: (codes) => this.unknownConditions.push(...codes),
      })
      .subscribe((event) => this.take(event));
    await this.settle();
  }

  /** Wants another symbol of which nothing is on record. */
  join(symbol: string): void {
    const symbols = this.feed?.symbols ?? [];
    this.feed?.growth.add(describeSymbol(symbol, this.feed.source));
    this.changes.next({ kind: 'join', symbolIndex: symbols.length - 1, recordedUntilMs: null });
  }

  /** Wants a symbol no more. */
  leave(symbol: string): void {
    this.changes.next({ kind: 'leave', symbolIndex: this.indexOf(symbol) });
  }

  /** Trades of a symbol that were let through. */
  tradesOf(symbol: string): number {
    return this.tradesBySymbol[this.indexOf(symbol)] ?? 0;
  }

  private indexOf(symbol: string): number {
    return (this.feed?.symbols ?? []).findIndex((info) => info.symbol === symbol);
  }

  /** Closes the feed; the venue goes on. */
  close(): void {
    this.subscription?.unsubscribe();
  }

  async stop(): Promise<void> {
    this.close();
    await this.fake.stop();
  }

  /** Market time passes: trades happen and are told. */
  async run(
    seconds: number,
    perSecond = 4,
    tell: Telling = (trades) => this.fake.tell(trades),
  ): Promise<void> {
    // Where nothing happens nothing needs to be looked at closely.
    const stepMs = perSecond > 0 ? STEP_MS : Math.min(seconds * 1_000, 1_000);
    for (let passedMs = 0; passedMs < seconds * 1_000; passedMs += stepMs) {
      const fromMs = this.venueMs;
      const trades = perSecond > 0 ? this.fake.tape.run(fromMs, fromMs + stepMs, perSecond) : [];
      await this.clock.advance(stepMs);
      tell(trades);
      this.sinceBeatMs += stepMs;
      if (this.sinceBeatMs >= 1_000) {
        this.sinceBeatMs = 0;
        this.fake.beat();
      }
      await this.settle();
    }
  }

  /** Market time passes until something holds. Throws after `withinS` seconds of it. */
  async runUntil(what: string, holds: () => boolean, withinS = 120, perSecond = 0): Promise<void> {
    for (let passed = 0; !holds(); passed++) {
      if (passed * STEP_MS > withinS * 1_000)
        throw new Error(
          `${withinS} s of market time passed without: ${what}; ${this.statuses.slice(-4).join(' | ')}`,
        );
      await this.run(STEP_MS / 1_000, perSecond);
    }
  }

  /** The clock of this machine was changed; the venue's was not. */
  shiftWrong(byMs: number): void {
    this.wrongByMs += byMs;
  }

  /** First start: connected, history fetched. */
  async ready(): Promise<void> {
    await this.runUntil('caught up', () => this.has('caught_up'), 120, 4);
  }

  has(kind: FeedEvent['kind']): boolean {
    return this.events.some((event) => event.kind === kind);
  }

  get statuses(): string[] {
    return this.events.flatMap((event) =>
      event.kind === 'status' ? [`${event.state}: ${event.reason}`] : [],
    );
  }

  get state(): string {
    return this.statuses.at(-1)?.split(':')[0] ?? '';
  }

  get gaps(): Extract<FeedEvent, { kind: 'gap' }>[] {
    return this.events.flatMap((event) => (event.kind === 'gap' ? [event] : []));
  }

  get lateTrades(): number {
    return this.bars.counters.lateTrades.reduce((sum, count) => sum + count, 0);
  }

  rejectedFor(reason: string): number {
    return this.rejected.filter((one) => one.startsWith(`${reason}:`)).length;
  }

  /** Lets a minute and a half pass without trades and gives what was built beside what the tape amounts to. */
  async verdict(): Promise<{ built: string[]; expected: string[] }> {
    await this.run(90, 0);
    const doneMs = this.venueMs - 10_000;
    const ended = this.closed.filter((bar) => endOf(bar) <= doneMs);
    const early = this.closed.filter((bar) => endOf(bar) > this.venueMs);
    if (early.length > 0) throw new Error(`${early.length} bars were finalized before their end`);
    const built = ended.map((bar) =>
      lineOf(this.fake.tape.symbols[bar.symbolIndex] ?? '', bar.timeframe, bar.barStartMs, bar),
    );
    return { built: built.sort(), expected: this.reference(doneMs).sort() };
  }

  /** Bars of the tape that are over at `doneMs`. */
  reference(doneMs: number): string[] {
    const { symbols, trades } = this.fake.tape;
    const tape: TapeEvent[] = [...trades]
      .sort((a, b) => a.tsMs - b.tsMs || a.id - b.id)
      .map((trade) => ({
        kind: 'trade',
        trade: {
          symbol: symbols.indexOf(trade.symbol),
          tsMs: trade.tsMs,
          price: trade.price,
          units: BigInt(Math.round(trade.size * 1e8)),
          opensAndCloses: this.priced(trade),
          setsHighAndLow: this.priced(trade),
          addsVolume: true,
          entersAverage: true,
        },
      }));
    const newYork = this.fake.vendor().symbols.map(({ calendar }) => calendar === 'XNYS');
    return referenceBars(tape, { graceMs: GRACE_MS, newYork })
      .bars.filter(({ endMs }) => endMs <= doneMs)
      .map((bar) => lineOf(symbols[bar.symbol] ?? '', bar.timeframe, bar.startMs, bar));
  }

  /** Waits until everything sent on either side was taken in. */
  async settle(): Promise<void> {
    let before: number;
    do {
      before = this.fake.requests.length;
      await this.fake.drained();
      await delay(1);
    } while (this.fake.requests.length > before);
  }

  private take(event: FeedEvent): void {
    switch (event.kind) {
      case 'trades':
        this.trades += event.batch.length;
        for (const index of event.batch.symbolIndex.subarray(0, event.batch.length))
          this.tradesBySymbol[index] = (this.tradesBySymbol[index] ?? 0) + 1;
        this.bars.fold(event.batch);
        return;
      case 'clock':
        this.bars.advanceTo(event.nowMs);
        break;
      case 'minutes':
        if (event.role === 'official') this.official.push(...event.minutes);
        else if (event.role === 'past') for (const minute of event.minutes) this.bars.foldPast(minute);
        else for (const minute of event.minutes) this.bars.foldMinute(minute);
        return;
      default:
    }
    this.events.push(event);
  }

  private newBars(): BarPipeline {
    const dayStarts = this.fake.tape.symbols.map((symbol) =>
      dayStartOf(symbol.includes('-') ? '24x7' : 'XNYS'),
    );
    return new BarPipeline({ graceMs: GRACE_MS, dayStarts, onClosed: (bar) => this.closed.push(bar) });
  }
}

function endOf({ barStartMs, timeframe }: ClosedBar): number {
  return periodEndMs(barStartMs, timeframe, dayStartOf('24x7'));
}

function lineOf(
  symbol: string,
  timeframe: string,
  startMs: number,
  { o, h, l, c, v }: Pick<ClosedBar, 'o' | 'h' | 'l' | 'c' | 'v'>,
): string {
  return `${symbol} ${timeframe.padStart(3)} ${new Date(startMs).toISOString()} o${o} h${h} l${l} c${c} v${v}`;
}

/** Length of a minute, for scenarios. */
export const MINUTE_MS = timeframeMs('1m');

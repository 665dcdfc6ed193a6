import type { EpochMs, FinishedMinute } from '@libs/bars';
import { dayStartOf } from '@libs/calendar';
import type { SymbolInfo } from '@libs/contract';
import type { Subscriber } from 'rxjs';
import type { CancelTimer } from '../../../common/clock.js';
import { messageOf } from '../../../common/errors.js';
import type { FeedContext, FeedEvent } from '../market-feed.port.js';
import { pauseFor } from '../pause.js';
import { floorToMinute, LONGEST_FILL_MS, MINUTE_MS, UNFINISHED_MS, wasOpenBetween } from './fill-times.js';
import type { TradeGate } from './trade-gate.js';
import type { VendorTrade } from './vendor-trade.js';
import type { Vendor, VendorHistory, VendorSession } from './vendor.port.js';

/** Symbols subscribed with one message, and how long their answer may take. */
const GROUP = 50;
const ADDED_WITHIN_MS = 10_000;
/** A minute may turn while its trades are fetched; then it is fetched as a finished one. */
const ROUNDS = 5;

/** What a run of a live feed shares with its joins. */
interface JoinParts {
  readonly vendor: Vendor;
  readonly gate: TradeGate;
  readonly history: VendorHistory;
  readonly context: FeedContext;
  readonly out: Subscriber<FeedEvent>;
}

/** Whom joins tell. */
interface JoinEvents {
  readonly emitMinutes: (minutes: FinishedMinute[]) => Promise<void>;
  /** Trades of a symbol go through from now on. */
  readonly followed: (symbolIndex: number) => void;
}

/** A symbol's place in the queue: another one is made when it is wanted again. */
interface Ticket {
  /** End of what is on record; `null` for nothing, and once what is not covered was told. */
  recordedUntilMs: EpochMs | null;
  /** Up to where its past was told, where a connection broke after that. */
  toldUntilMs: EpochMs | null;
}

/**
 * Takes symbols in while the others go on: subscribes to them, puts their trades aside, fetches the minutes before and the
 * trades of the running one, and lets them through once nothing is missing. So their bars are whole from the first on.
 */
export class SymbolJoins {
  /** Symbols that are wanted and not followed yet. */
  private readonly waiting = new Map<number, Ticket>();
  private readonly refused = new Map<number, string>();
  /** Of the group that was subscribed last: those not answered yet. */
  private readonly unanswered = new Set<number>();
  private onAnswered: (() => void) | null = null;
  private session: VendorSession | null = null;
  private isMinutesOnly = false;
  private isWorking = false;

  constructor(
    private readonly parts: JoinParts,
    private readonly events: JoinEvents,
  ) {}

  /** What a trader should know: symbols that the vendor refuses; empty for none. */
  get note(): string {
    if (this.refused.size === 0) return '';
    const names = [...this.refused.keys()].map((symbolIndex) => this.infoOf(symbolIndex).symbol);
    return `${this.parts.vendor.title} does not bring ${names.join(', ').slice(0, 200)}`;
  }

  want(symbolIndex: number, recordedUntilMs: EpochMs | null): void {
    this.refused.delete(symbolIndex);
    this.waiting.set(symbolIndex, { recordedUntilMs, toldUntilMs: null });
    void this.work();
  }

  forget(symbolIndex: number): void {
    this.waiting.delete(symbolIndex);
    this.refused.delete(symbolIndex);
    this.added(symbolIndex);
  }

  /** Trades flow over this session: those who wait can be taken in. */
  start(session: VendorSession, isMinutesOnly: boolean): void {
    this.session = session;
    this.isMinutesOnly = isMinutesOnly;
    void this.work();
  }

  /** The connection is over; those who were being taken in wait for the next one. */
  stop(): void {
    this.session = null;
    this.unanswered.clear();
    this.onAnswered?.();
  }

  /** The vendor has answered the subscription of a symbol. */
  added(symbolIndex: number, fault?: string): void {
    if (!this.unanswered.delete(symbolIndex)) return;
    if (fault !== undefined) this.refuse(symbolIndex, fault);
    if (this.unanswered.size === 0) this.onAnswered?.();
  }

  private async work(): Promise<void> {
    if (this.isWorking) return;
    this.isWorking = true;
    try {
      while (this.waiting.size > 0) {
        const { session } = this;
        if (session === null || this.parts.out.closed) return;
        await this.takeGroup(session);
      }
    } finally {
      this.isWorking = false;
    }
  }

  private async takeGroup(session: VendorSession): Promise<void> {
    const isOver = (): boolean => session !== this.session || this.parts.out.closed;
    const group = [...this.waiting].slice(0, GROUP);
    for (const [symbolIndex] of group) {
      this.parts.gate.expect(symbolIndex);
      this.unanswered.add(symbolIndex);
    }
    await this.subscribe(
      session,
      group.map(([symbolIndex]) => symbolIndex),
    );
    if (isOver()) return;
    for (const symbolIndex of [...this.unanswered]) this.refuse(symbolIndex, 'it does not answer');
    this.unanswered.clear();
    for (const [symbolIndex, ticket] of group) {
      const isLeft = (): boolean => isOver() || this.waiting.get(symbolIndex) !== ticket;
      if (!isLeft()) await this.join(symbolIndex, ticket, isLeft);
      if (isOver()) return;
    }
  }

  private async subscribe(session: VendorSession, group: readonly number[]): Promise<void> {
    let cancel: CancelTimer = () => undefined;
    await new Promise<void>((resolve) => {
      this.onAnswered = resolve;
      cancel = this.parts.context.clock.after(ADDED_WITHIN_MS, resolve);
      this.parts.out.add(resolve);
      session.add(group);
    });
    this.onAnswered = null;
    cancel();
  }

  private refuse(symbolIndex: number, fault: string): void {
    this.waiting.delete(symbolIndex);
    this.refused.set(symbolIndex, fault);
    this.parts.gate.ignore(symbolIndex);
    const { symbol } = this.infoOf(symbolIndex);
    this.parts.context.reject('unknown_symbol', `${this.parts.vendor.title} refuses ${symbol}: ${fault}`);
  }

  /** Fetches what was before the running minute and what is in it, again where the minute turns meanwhile. */
  private async join(symbolIndex: number, ticket: Ticket, isLeft: () => boolean): Promise<void> {
    const { gate, history, context, out } = this.parts;
    let fromMs = ticket.toldUntilMs ?? this.firstMs(symbolIndex, ticket);
    let floorMs = fromMs;
    let trades: VendorTrade[] = [];
    let reason: string | null = null;
    for (let round = 0; round < ROUNDS; round++) {
      await this.minuteIsYoung();
      if (isLeft()) return;
      floorMs = floorToMinute(this.nowMs() - UNFINISHED_MS);
      try {
        const found = await history.minutes(symbolIndex, fromMs, floorMs);
        if (isLeft()) return;
        this.tellUncovered(symbolIndex, ticket, found.coveredFromMs);
        ticket.toldUntilMs = floorMs;
        await this.events.emitMinutes([...found.minutes]);
        fromMs = floorMs;
        if (!this.isMinutesOnly) {
          const told = await history.tradesSince(symbolIndex, null, floorMs);
          trades = told.filter((trade) => gate.isLegal(trade));
        }
        reason = null;
      } catch (thrown) {
        reason = messageOf(thrown);
        break;
      }
      if (isLeft()) return;
      const isWhole = this.isMinutesOnly || !gate.hasHole(symbolIndex, trades);
      if (isWhole && this.exchangeMs() < floorMs + MINUTE_MS) break;
      if (round === ROUNDS - 1) reason = 'its trades could not be fetched within a minute';
    }
    if (isLeft()) return;
    this.waiting.delete(symbolIndex);
    gate.letIn(symbolIndex, trades, floorMs, context.clock.nowMs());
    if (reason !== null) out.next({ kind: 'gap', symbolIndex, fromMs, toMs: this.nowMs(), reason });
    this.events.followed(symbolIndex);
  }

  /** Where the past of a symbol begins: where its record ends, else with a trading day. */
  private firstMs(symbolIndex: number, { recordedUntilMs }: Ticket): EpochMs {
    const nowMs = this.nowMs();
    if (recordedUntilMs !== null)
      return Math.max(floorToMinute(recordedUntilMs) + MINUTE_MS, floorToMinute(nowMs - LONGEST_FILL_MS));
    return dayStartOf(this.infoOf(symbolIndex).calendar)(nowMs - this.parts.vendor.historyMs);
  }

  private tellUncovered(symbolIndex: number, ticket: Ticket, coveredFromMs: EpochMs): void {
    if (ticket.recordedUntilMs === null) return;
    const fromMs = ticket.recordedUntilMs + MINUTE_MS;
    // Told once.
    ticket.recordedUntilMs = null;
    if (!wasOpenBetween(this.infoOf(symbolIndex).calendar, fromMs, coveredFromMs)) return;
    const reason = 'it is longer ago than is fetched';
    this.parts.out.next({ kind: 'gap', symbolIndex, fromMs, toMs: coveredFromMs, reason });
  }

  /** The minute before is in the vendor's history some seconds after its end. */
  private async minuteIsYoung(): Promise<void> {
    const intoMs = this.nowMs() - floorToMinute(this.nowMs());
    if (intoMs >= UNFINISHED_MS) return;
    await pauseFor(UNFINISHED_MS - intoMs, this.parts.context.clock, this.parts.out);
  }

  private nowMs(): EpochMs {
    return this.parts.gate.clock.dataNowMs(this.parts.context.clock.nowMs());
  }

  /** How far time has gone for the bars of the others. */
  private exchangeMs(): EpochMs {
    return this.parts.gate.clock.at(this.parts.context.clock.nowMs()) ?? this.nowMs();
  }

  private infoOf(symbolIndex: number): SymbolInfo {
    return this.parts.vendor.symbols[symbolIndex] as SymbolInfo;
  }
}

import type { DurationMs, EpochMs, FinishedMinute } from '@libs/bars';
import { dayStartOf, sessionAt } from '@libs/calendar';
import type { FeedState, SessionCalendar } from '@libs/contract';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Subscriber } from 'rxjs';
import type { CancelTimer } from '../../../common/clock.js';
import { messageOf } from '../../../common/errors.js';
import type { PriceLimits } from '../../quotes/market-quote.js';
import type { FeedContext, FeedEvent, SymbolChange } from '../market-feed.port.js';
import { pauseFor } from '../pause.js';
import { Backoff, type Chance } from './backoff.js';
import { CountedHistory } from './counted-history.js';
import { floorToMinute, LONGEST_FILL_MS, MINUTE_MS, UNFINISHED_MS, wasOpenBetween } from './fill-times.js';
import { SymbolJoins } from './symbol-joins.js';
import { TradeGate, type Hole } from './trade-gate.js';
import { VendorSocket, type SocketEnd } from './vendor-socket.js';
import type { VendorTrade } from './vendor-trade.js';
import type { SessionDesk, Vendor, VendorHistory, VendorSession } from './vendor.port.js';

const WATCH_MS = 250;
/** The wall clock went this much further or less than the timer: it was changed, or the process stood still. */
const CLOCK_JUMP_MS = 1_000;
/** A quiet connection is asked for a sign of life this often: time goes on only as far as it gives one. */
const PING_AFTER_MS = 5_000;
const SUBSCRIBED_WITHIN_MS = 10_000;
/** Without a trade for this long in session hours, what is shown is stale. */
const STALE_AFTER_MS = 30_000;
const STALE_MINUTES_AFTER_MS = 150_000;
/** A clock that is this wrong is worth telling. */
const WRONG_CLOCK_S = 5;
/** And this much later the subscription itself is doubted. */
const RESUBSCRIBE_AFTER_MS = 10_000;
/** A connection that lived this long and brought trades has proved itself. */
const PROVEN_AFTER_MS = 10_000;
/** Trades of one symbol may still be on their way while another's, made later, are here. */
const LAG_MS = 1_000;
/** A first trade may come this late. */
const SLOWEST_TRADE_MS = 60_000;
/** Where a vendor sends minutes alone, those of the last symbol come this long after those of the first. */
const MINUTES_LAG_MS = 10_000;
/** A gap up to this long is filled with trades, a longer one with finished minutes. */
const LONGEST_TRADE_FILL_MS = 15 * MINUTE_MS;
/** Trades around the break are asked for again: stamps are not exactly in order. */
const OVERLAP_MS = 5_000;
/** A missing trade may only have been overtaken. */
const OVERTAKEN_WITHIN_MS = 500;
/** A trade the vendor says it told may still be on its way. */
const MISSED_AFTER_MS = 2_000;
const FILL_ROUNDS = 3;
const FILL_PAUSE_MS = 1_000;
/** After this the vendor is asked again even where it seemed hopeless: keys get mended while nobody restarts. */
const HOPELESS_PAUSE_MS = 5 * 60_000;
/** Tries after which a vendor that cannot be reached counts as gone. */
const GONE_AFTER_TRIES = 5;
const MINUTES_PER_EVENT = 2_000;
const HEARD_KINDS = ['trade', 'quote', 'limits', 'minute'] as const;

/** What a run of a live feed is made with. */
export interface LiveRunOptions {
  /** Symbols followed from the start: the first of the vendor's. */
  readonly firstSymbols: number;
  readonly batchSize: number;
  readonly chance: Chance;
}

/** What to ask a vendor's history for, and from when trades count one by one. */
interface FillPlan {
  readonly fromMs: EpochMs;
  readonly withMinutes: boolean;
  /** Start of the running minute, or the break itself where trades alone fill the gap. */
  readonly floorMs: EpochMs;
}

/** One run of a live feed: connects, fills what is missing, lets trades through, and does it again after every break. */
export class LiveRun {
  private readonly gate: TradeGate;
  private readonly backoff: Backoff;
  private readonly history: VendorHistory;
  private readonly joins: SymbolJoins;
  /** Symbols whose trades go through. */
  private readonly followed: Set<number>;
  /** What the message at hand brought. */
  private readonly heard = { trade: 0, quote: 0, limits: 0, minute: 0 };
  /** No trade is to be expected of these. */
  private readonly halted = new Set<number>();
  private socket: VendorSocket | null = null;
  private session: VendorSession | null = null;
  private cancelTimer: CancelTimer | null = null;
  private connection = 0;
  private isSubscribed = false;
  private isCaughtUp = false;
  private isMinutesOnly = false;
  private note = '';
  private idleMs: DurationMs = 0;
  private quietMs: DurationMs = 0;
  private aliveMs: DurationMs = 0;
  /** When the connection last showed that it lives, by the wall clock. */
  private lifeMs: EpochMs = 0;
  private takenBefore = 0;
  private hasBroughtData = false;
  private lastWatchMs: EpochMs;
  private clockMs: EpochMs = -Infinity;
  /** Exchange time up to which everything was let through; `null` before the first fill. */
  private completeUntilMs: EpochMs | null = null;
  private told = '';

  constructor(
    private readonly vendor: Vendor,
    options: LiveRunOptions,
    private readonly context: FeedContext,
    private readonly out: Subscriber<FeedEvent>,
  ) {
    this.backoff = new Backoff(options.chance);
    this.lastWatchMs = context.clock.nowMs();
    this.gate = new TradeGate({
      symbols: vendor.symbols,
      idOrder: vendor.idOrder,
      delayMs: vendor.delayMs,
      batchSize: options.batchSize,
      emit: (batch) => {
        this.out.next({ kind: 'trades', batch });
      },
      reject: context.reject,
      onHole: () => {
        void this.fillHole(this.connection);
      },
      onOverflow: () => this.socket?.cut('more trades came than could be held while a gap was filled'),
    });
    const history = vendor.openHistory(context.clock, out, {
      unknownConditions: (codes) => {
        this.countUnknown(codes);
      },
    });
    this.history = new CountedHistory(history, vendor.symbols);
    this.followed = new Set(Array.from({ length: options.firstSymbols }, (_, symbolIndex) => symbolIndex));
    for (const symbolIndex of this.followed) this.gate.follow(symbolIndex);
    this.joins = new SymbolJoins(
      { vendor, gate: this.gate, history: this.history, context, out },
      {
        emitMinutes: (minutes) => this.emitMinutes(minutes, 'past'),
        followed: (symbolIndex) => {
          this.followed.add(symbolIndex);
          this.tellHealthy();
        },
      },
    );
  }

  /** Runs until the subscriber goes away. */
  start(): void {
    const cancelWatch = this.context.clock.every(WATCH_MS, () => {
      this.watch();
    });
    this.out.add(() => {
      cancelWatch();
      this.cancelTimer?.();
      this.connection++;
      this.socket?.close();
    });
    this.out.add(
      this.context.changes?.subscribe((change) => {
        this.take(change);
      }),
    );
    this.tell('stale', `connecting to ${this.vendor.title}`);
    this.connect();
  }

  private take(change: SymbolChange): void {
    const { symbolIndex } = change;
    if (change.kind === 'join') {
      this.joins.want(symbolIndex, change.recordedUntilMs);
      return;
    }
    this.joins.forget(symbolIndex);
    this.followed.delete(symbolIndex);
    this.gate.ignore(symbolIndex);
    this.session?.remove(symbolIndex);
    if (this.isCaughtUp && this.gate.isFlowing) this.tellHealthy();
  }

  private connect(): void {
    const connection = ++this.connection;
    const isCurrent = (): boolean => connection === this.connection && !this.out.closed;
    this.isSubscribed = false;
    this.aliveMs = 0;
    this.idleMs = 0;
    this.hasBroughtData = false;
    this.session = this.vendor.openSession(this.deskOf(isCurrent), [...this.followed]);
    const { session } = this;
    this.socket = new VendorSocket(this.vendor.wsUrl, {
      onOpen: () => {
        if (!isCurrent()) return;
        this.context.connected?.();
        session.opened();
      },
      onText: (text) => {
        if (isCurrent()) this.takeText(session, text);
      },
      onPong: () => {
        if (!isCurrent()) return;
        this.lifeMs = this.context.clock.nowMs();
        if (this.vendor.isPongLife) this.idleMs = 0;
      },
      onEnd: (end) => {
        if (isCurrent()) this.lose(end);
      },
    });
    this.later(SUBSCRIBED_WITHIN_MS, () => {
      this.socket?.cut(`no answer to the subscription within ${SUBSCRIBED_WITHIN_MS / 1_000} s`);
    });
  }

  private takeText(session: VendorSession, text: string): void {
    this.idleMs = 0;
    this.lifeMs = this.context.clock.nowMs();
    this.gate.arriveAt(this.lifeMs);
    try {
      session.text(text);
    } catch (thrown) {
      this.context.reject('malformed', `${messageOf(thrown)} in ${text.slice(0, 100)}`);
    }
    this.gate.flush();
    this.tellHeard();
  }

  private tellHeard(): void {
    const { heard, context } = this;
    let isOther = true;
    for (const kind of HEARD_KINDS) {
      if (heard[kind] === 0) continue;
      isOther = false;
      context.heard?.(kind, heard[kind]);
      heard[kind] = 0;
    }
    if (isOther) context.heard?.('other', 1);
  }

  private deskOf(isCurrent: () => boolean): SessionDesk {
    const { gate, context } = this;
    return {
      send: (text) => this.socket?.send(text),
      trade: (trade) => {
        this.heard.trade++;
        gate.take(trade);
      },
      serverTime: (serverMs) => {
        gate.clock.observeServer(serverMs, context.clock.nowMs());
        gate.clock.observe(serverMs - this.vendor.delayMs, context.clock.nowMs());
      },
      toldUpTo: (symbolIndex, id) => {
        const last = gate.lastId(symbolIndex);
        if (gate.isFlowing && last !== null && id > last) void this.fillMissed(symbolIndex, id);
      },
      minutes: (minutes, role) => {
        this.heard.minute += minutes.length;
        this.takeMinutes(minutes, role);
      },
      quote: (quote) => {
        this.heard.quote++;
        if (this.followed.has(quote.symbolIndex)) this.out.next({ kind: 'quote', quote });
      },
      limits: (limits) => {
        this.heard.limits++;
        if (this.followed.has(limits.symbolIndex)) this.takeLimits(limits);
      },
      subscribed: (brings, note = '') => {
        this.isMinutesOnly = brings === 'minutes';
        this.note = note;
        this.cancelTimer?.();
        this.isSubscribed = true;
        void this.fill(this.connection);
      },
      added: (symbolIndex, fault) => {
        this.joins.added(symbolIndex, fault);
      },
      reject: context.reject,
      unknownConditions: (codes) => {
        this.countUnknown(codes);
      },
      giveUp: (reason) => {
        if (isCurrent()) this.pauseHopeless(reason);
      },
      coolDown: (forMs, reason) => {
        if (isCurrent()) this.disconnect('stale', reason, forMs);
      },
    };
  }

  private takeLimits(limits: PriceLimits): void {
    const { symbolIndex, trading } = limits;
    if (trading === 'halted') this.halted.add(symbolIndex);
    if (trading === 'resumed') this.halted.delete(symbolIndex);
    this.out.next({ kind: 'limits', limits });
  }

  private countUnknown(codes: readonly string[]): void {
    this.context.unknownConditions?.(codes);
  }

  private takeMinutes(told: readonly FinishedMinute[], role: 'official' | 'only'): void {
    const minutes = told.filter(({ symbolIndex }) => this.followed.has(symbolIndex));
    if (role === 'official') {
      this.out.next({ kind: 'minutes', role: 'official', minutes });
      return;
    }
    const { clock } = this.context;
    this.hasBroughtData = true;
    this.quietMs = 0;
    for (const { startMs } of minutes) this.gate.clock.observe(startMs + MINUTE_MS, clock.nowMs());
    if (this.gate.isFlowing) this.out.next({ kind: 'minutes', role: 'fill', minutes });
  }

  /** The connection is over, for whatever reason. */
  private lose({ reason, httpStatus, isOversized }: SocketEnd): void {
    if (isOversized) this.context.reject('oversized', `a message from ${this.vendor.title} beyond 2 MiB`);
    if (httpStatus === 401 || httpStatus === 403 || httpStatus === 451) {
      this.pauseHopeless(
        `${this.vendor.title} refuses the connection (${reason}): ${whyRefused(httpStatus)}`,
      );
      return;
    }
    const delayMs = this.backoff.nextMs();
    const isGone = this.backoff.failed >= GONE_AFTER_TRIES || !this.isCaughtUp;
    const what = this.isSubscribed ? 'lost the connection to' : 'no connection to';
    this.disconnect(isGone ? 'down' : 'stale', `${what} ${this.vendor.title} (${reason})`, delayMs);
  }

  private pauseHopeless(reason: string): void {
    this.disconnect('down', reason, HOPELESS_PAUSE_MS);
  }

  private disconnect(state: FeedState, reason: string, retryMs: DurationMs): void {
    this.connection++;
    this.joins.stop();
    this.halted.clear();
    this.gate.flush();
    this.gate.hold();
    this.session = null;
    this.socket?.close();
    this.socket = null;
    this.isSubscribed = false;
    this.tell(state, `${reason}; next try in ${secondsOf(retryMs)}`);
    this.later(retryMs, () => {
      this.connect();
    });
  }

  /** One timer at a time: what the connection waits for next. */
  private later(delayMs: DurationMs, task: () => void): void {
    this.cancelTimer?.();
    this.cancelTimer = this.context.clock.after(delayMs, task);
  }

  /** Fills what was missed while there was no connection, then lets the trades through. */
  private async fill(connection: number): Promise<void> {
    const isOver = (): boolean => connection !== this.connection || this.out.closed;
    this.gate.hold();
    this.tell('stale', `connected to ${this.vendor.title}, fetching what was missed`);
    await this.learnServerTime();
    if (isOver()) return;
    const plan = this.planFill();
    if (plan.withMinutes) this.gate.restart();
    const gaps: { symbolIndex: number; fromMs: EpochMs; toMs: EpochMs; reason: string }[] = [];
    const minutes: FinishedMinute[] = [];
    const trades: VendorTrade[] = [];
    const nowMs = this.gate.clock.dataNowMs(this.context.clock.nowMs());
    for (const symbolIndex of [...this.followed]) {
      let { fromMs } = plan;
      try {
        if (plan.withMinutes) {
          const found = await this.history.minutes(symbolIndex, plan.fromMs, plan.floorMs);
          if (isOver()) return;
          for (const minute of found.minutes) minutes.push(minute);
          fromMs = plan.floorMs;
          const wanted = this.completeUntilMs ?? this.context.recordedUntilMs;
          const calendar = this.calendarOf(symbolIndex);
          if (wanted !== null && wasOpenBetween(calendar, wanted + MINUTE_MS, found.coveredFromMs)) {
            const reason = 'it is longer ago than is fetched';
            gaps.push({ symbolIndex, fromMs: wanted + MINUTE_MS, toMs: found.coveredFromMs, reason });
          }
        }
        if (this.isMinutesOnly) continue;
        const afterId = plan.withMinutes ? null : this.gate.lastId(symbolIndex);
        const found = await this.history.tradesSince(symbolIndex, afterId, plan.floorMs);
        for (const trade of found) trades.push(trade);
      } catch (thrown) {
        gaps.push({ symbolIndex, fromMs, toMs: nowMs, reason: messageOf(thrown) });
      }
      if (isOver()) return;
    }
    await this.emitMinutes(minutes, 'fill');
    const legal = trades.filter((trade) => this.gate.isLegal(trade));
    const failed = new Set(gaps.map(({ symbolIndex }) => symbolIndex));
    const holes = await this.fillHoles(legal, isOver, failed);
    if (isOver()) return;
    this.open(legal, plan.withMinutes ? plan.floorMs : -Infinity, holes);
    for (const { symbolIndex, ...gap } of gaps) this.out.next({ kind: 'gap', symbolIndex, ...gap });
    if (!this.isCaughtUp) {
      this.isCaughtUp = true;
      this.out.next({ kind: 'caught_up' });
      void this.checkTable();
    }
    this.tellHealthy();
    if (this.session !== null) this.joins.start(this.session, this.isMinutesOnly);
  }

  /** Once, when nothing more urgent is to be asked. */
  private async checkTable(): Promise<void> {
    const { vendor, context, out } = this;
    try {
      const differences = await vendor.conditionDrift?.(context.clock, out);
      if (differences !== undefined) context.tableChecked?.({ fault: null, differences });
    } catch (thrown) {
      if (!out.closed) context.tableChecked?.({ fault: messageOf(thrown), differences: [] });
    }
  }

  private calendarOf(symbolIndex: number): SessionCalendar {
    return this.vendor.symbols[symbolIndex]?.calendar ?? '24x7';
  }

  private async learnServerTime(): Promise<void> {
    try {
      const serverMs = await this.history.serverTimeMs();
      if (serverMs !== null) this.gate.clock.observeServer(serverMs, this.context.clock.nowMs());
    } catch {
      // Then the wall clock is believed; whatever else is asked for tells the trouble.
    }
  }

  private planFill(): FillPlan {
    const nowMs = this.gate.clock.dataNowMs(this.context.clock.nowMs());
    const minuteMs = floorToMinute(nowMs - UNFINISHED_MS);
    if (
      this.completeUntilMs !== null &&
      nowMs - this.completeUntilMs <= LONGEST_TRADE_FILL_MS &&
      !this.isMinutesOnly
    ) {
      const fromMs = this.completeUntilMs - OVERLAP_MS;
      return { fromMs, withMinutes: false, floorMs: fromMs };
    }
    const sinceMs = this.completeUntilMs ?? this.context.recordedUntilMs;
    const fromMs =
      sinceMs === null
        ? this.firstHistoryMs(nowMs)
        : Math.max(floorToMinute(sinceMs), floorToMinute(nowMs - LONGEST_FILL_MS));
    return { fromMs: Math.min(fromMs, minuteMs), withMinutes: true, floorMs: minuteMs };
  }

  /** Where history begins at a first start: with a trading day of the symbols, so that no bar begins in the middle. */
  private firstHistoryMs(nowMs: EpochMs): EpochMs {
    const starts = [...this.followed].map((symbolIndex) =>
      dayStartOf(this.calendarOf(symbolIndex))(nowMs - this.vendor.historyMs),
    );
    return Math.min(...starts);
  }

  private async emitMinutes(minutes: FinishedMinute[], role: 'fill' | 'past'): Promise<void> {
    minutes.sort((a, b) => a.startMs - b.startMs || a.symbolIndex - b.symbolIndex);
    for (let from = 0; from < minutes.length; from += MINUTES_PER_EVENT) {
      await this.context.writable();
      if (this.out.closed) return;
      this.out.next({ kind: 'minutes', role, minutes: minutes.slice(from, from + MINUTES_PER_EVENT) });
      await nextTurn();
    }
  }

  /** A trade was not received. */
  private async fillHole(connection: number): Promise<void> {
    const isOver = (): boolean => connection !== this.connection || this.out.closed;
    const fetched: VendorTrade[] = [];
    const left = await this.fillHoles(fetched, isOver, new Set());
    if (!isOver()) this.open(fetched, -Infinity, left);
  }

  /** Asks for what is missing before the trades that are held and adds it to `trades`. Returns what nobody has. */
  private async fillHoles(
    trades: VendorTrade[],
    isOver: () => boolean,
    failed: Set<number>,
  ): Promise<Hole[]> {
    for (let round = 0; round < FILL_ROUNDS; round++) {
      if (this.gate.holes(trades).length === 0) return [];
      await pauseFor(round === 0 ? OVERTAKEN_WITHIN_MS : FILL_PAUSE_MS, this.context.clock, this.out);
      if (isOver()) return [];
      for (const hole of this.firstHoles(trades)) {
        if (failed.has(hole.symbolIndex)) continue;
        try {
          const found = await this.history.tradesSince(hole.symbolIndex, hole.afterId, this.holeFromMs());
          for (const trade of found) if (this.gate.isLegal(trade)) trades.push(trade);
        } catch {
          failed.add(hole.symbolIndex); // The vendor was asked three times; the gap is told below.
        }
        if (isOver()) return [];
      }
    }
    return this.gate.holes(trades);
  }

  /** The earliest hole of each symbol: what is asked for from there on fills the others as well. */
  private firstHoles(trades: readonly VendorTrade[]): Hole[] {
    const first = new Map<number, Hole>();
    for (const hole of this.gate.holes(trades)) {
      if (!first.has(hole.symbolIndex)) first.set(hole.symbolIndex, hole);
    }
    return [...first.values()];
  }

  /** An instant before whatever is missing now. */
  private holeFromMs(): EpochMs {
    const nowMs = this.gate.clock.dataNowMs(this.context.clock.nowMs());
    return (this.completeUntilMs ?? nowMs) - 2 * OVERLAP_MS;
  }

  private open(trades: readonly VendorTrade[], floorMs: EpochMs, holes: readonly Hole[]): void {
    const { clock } = this.context;
    const fromMs = this.completeUntilMs ?? this.gate.clock.dataNowMs(clock.nowMs());
    this.gate.release(trades, floorMs, clock.nowMs());
    this.lifeMs = clock.nowMs();
    this.completeUntilMs = this.gate.clock.at(this.lifeMs) ?? this.gate.clock.dataNowMs(this.lifeMs);
    for (const { symbolIndex, afterId, beforeId } of holes) {
      const reason = `${beforeId - afterId - 1} trades after ${afterId} were not received and are not in the vendor's history`;
      this.out.next({ kind: 'gap', symbolIndex, fromMs, toMs: this.completeUntilMs, reason });
    }
  }

  /** The vendor says it told a trade that is not here. If it is not merely on its way, history has it. */
  private async fillMissed(symbolIndex: number, id: number): Promise<void> {
    const { connection } = this;
    const isOver = (): boolean => connection !== this.connection || this.out.closed;
    await pauseFor(MISSED_AFTER_MS, this.context.clock, this.out);
    const afterId = this.gate.lastId(symbolIndex);
    if (isOver() || !this.gate.isFlowing || afterId === null || id <= afterId) return;
    this.gate.hold();
    const found: VendorTrade[] = [];
    try {
      const trades = await this.history.tradesSince(symbolIndex, afterId, this.holeFromMs());
      for (const trade of trades) if (this.gate.isLegal(trade)) found.push(trade);
    } catch {
      // The next trade of the symbol shows the hole, which is told then.
    }
    if (isOver()) return;
    const left = await this.fillHoles(found, isOver, new Set());
    if (!isOver()) this.open(found, -Infinity, left);
  }

  /** Everything that depends on time passing: silence, staleness, the exchange's clock. */
  private watch(): void {
    const nowMs = this.context.clock.nowMs();
    if (Math.abs(nowMs - this.lastWatchMs - WATCH_MS) > CLOCK_JUMP_MS) this.gate.clock.forget();
    this.lastWatchMs = nowMs;
    if (this.socket !== null) this.watchConnection();
    if (!this.gate.isFlowing) return;
    this.watchTrades(nowMs);
    this.tellClock();
  }

  private watchConnection(): void {
    this.aliveMs += WATCH_MS;
    this.idleMs += WATCH_MS;
    if (this.idleMs >= this.vendor.silenceMs) {
      this.socket?.cut(`nothing heard for ${secondsOf(this.idleMs)}`);
      return;
    }
    if (this.idleMs % PING_AFTER_MS === 0 && this.idleMs > 0) this.socket?.ping();
    if (this.aliveMs >= PROVEN_AFTER_MS && this.hasBroughtData) this.backoff.succeeded();
  }

  private watchTrades(nowMs: EpochMs): void {
    const { taken } = this.gate;
    this.hasBroughtData ||= taken > this.takenBefore;
    this.quietMs = taken === this.takenBefore ? this.quietMs + WATCH_MS : 0;
    this.takenBefore = taken;
    const limitMs = this.isMinutesOnly ? STALE_MINUTES_AFTER_MS : STALE_AFTER_MS;
    if (this.quietMs < limitMs) this.tellHealthy();
    else if (this.isInSession(nowMs)) {
      this.tell(
        'stale',
        `${this.vendor.title} is connected, but no trade has come for over ${secondsOf(limitMs)}`,
      );
      // Where nothing but trades shows that the subscription lives, it may be dead; a halted market is asked once, too.
      if (this.vendor.isPongLife && this.quietMs === limitMs + RESUBSCRIBE_AFTER_MS)
        this.socket?.cut('no trade in session hours');
    }
  }

  private isInSession(nowMs: EpochMs): boolean {
    const dataNowMs = this.gate.clock.dataNowMs(nowMs);
    return [...this.followed].some((symbolIndex) => {
      if (this.halted.has(symbolIndex)) return false;
      const { session } = sessionAt(dataNowMs, this.calendarOf(symbolIndex));
      return session === 'regular' || session === 'open24';
    });
  }

  /**
   * Every trade up to the last sign of life has been read, whatever the vendor has to say since. Where it has never told a
   * trade, as on a weekend, its own clock counts, with time for the slowest trade.
   */
  private tellClock(): void {
    const { clock } = this.gate;
    const exchangeMs =
      clock.at(this.lifeMs) ??
      (clock.wallSkewMs === null ? null : clock.dataNowMs(this.lifeMs) - SLOWEST_TRADE_MS);
    if (exchangeMs === null) return;
    this.completeUntilMs = Math.max(this.completeUntilMs ?? -Infinity, exchangeMs - LAG_MS);
    const untilMs = Math.floor(exchangeMs - (this.isMinutesOnly ? MINUTES_LAG_MS : LAG_MS));
    if (untilMs <= this.clockMs) return;
    this.clockMs = untilMs;
    this.out.next({ kind: 'clock', nowMs: untilMs });
  }

  private tellHealthy(): void {
    const { title, healthyState } = this.vendor;
    const what = this.isMinutesOnly ? 'minutes' : 'trades';
    const many = this.followed.size === 1 ? '1 symbol' : `${this.followed.size} symbols`;
    const parts = [`${what} of ${many} from ${title}`, this.note, this.joins.note, this.clockNote()];
    this.tell(healthyState, parts.filter((part) => part !== '').join('; '));
  }

  /** Bars follow the vendor's stamps; whoever looks at times on this machine should know. */
  private clockNote(): string {
    const skewS = Math.round((this.gate.clock.wallSkewMs ?? 0) / 1_000);
    if (Math.abs(skewS) < WRONG_CLOCK_S) return '';
    return `the clock of this machine is ${Math.abs(skewS)} s ${skewS > 0 ? 'ahead' : 'behind'}`;
  }

  private tell(state: FeedState, reason: string): void {
    const told = `${state} ${reason}`;
    if (told === this.told) return;
    this.told = told;
    this.out.next({ kind: 'status', state, reason });
  }
}

function secondsOf(durationMs: DurationMs): string {
  return durationMs < 10_000 ? `${(durationMs / 1_000).toFixed(1)} s` : `${Math.round(durationMs / 1_000)} s`;
}

function whyRefused(httpStatus: number): string {
  return httpStatus === 401
    ? 'the key is missing or wrong'
    : 'not offered in this region, or not in this plan';
}

import {
  BarPipeline,
  createTradeBatch,
  periodEndMs,
  seqOf,
  TIMEFRAMES,
  type ClosedBar,
  type EpochMs,
  type FormingBar,
  type LastTrade,
  type Microbar,
  type Timeframe,
  type TradeBatch,
} from '@libs/bars';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  numberedBar,
  numberedMicrobar,
  TradeTape,
  type TradeFileCache,
  type TradeFileName,
} from '../market/index.js';
import { alertOf } from '../rules/index.js';
import { beginOf, firstSeqOf, type ReplayPlan, type ReplaySymbol } from './replay-plan.js';
import type { ReplayJudge } from './replay-judge.js';
import { daysIn, ReplayRecord } from './replay-record.js';
import type { StoredBars } from './stored-bars.js';
import { inOrderOfLog, StoredTape, type StoredBar } from './stored-tape.js';

const BATCH_TRADES = 8_192;
/** Small pieces played before other work of the process gets its turn. */
const PIECES_PER_TURN = 64;
/** Noon UTC of a file's date lies in that trading day, in New York as in UTC. */
const NOON_MS = 12 * 3_600_000;
const ALL_TIMEFRAMES: ReadonlySet<Timeframe> = new Set(TIMEFRAMES);
/** Files that were left out and are named. */
const NAMED_FAULTS = 3;

/** What a run is made with, and whom it tells. */
export interface ReplayRunOptions {
  readonly plan: ReplayPlan;
  readonly stored: StoredBars;
  readonly files: Pick<TradeFileCache, 'load'>;
  readonly graceMs: number;
  readonly recentCap: number;
  /** Trades as they are played; valid only during the call. */
  readonly onTrades: (batch: TradeBatch) => void;
  readonly judge: ReplayJudge;
  /** The replay, and the user its alerts are for. */
  readonly replayId: string;
  readonly ownerId: number;
}

/** What a symbol was made of so far. */
interface Material {
  hasTrades: boolean;
  hasBars: boolean;
}

/**
 * One pass over the data of a replay, from the start of its first trading day on, as far as its reader lets time go. The
 * same data gives the same bars in the same order, however time is cut into pieces. What has been passed cannot be taken
 * back: to go back is to run anew.
 */
export class ReplayRun {
  readonly record: ReplayRecord;
  private readonly bars: BarPipeline;
  private readonly trades: TradeTape;
  private readonly finished: StoredTape;
  private readonly batch = createTradeBatch(BATCH_TRADES);
  private readonly tradeDays: readonly Set<EpochMs>[];
  private readonly material: readonly Material[];
  private readonly faults: string[] = [];
  private readonly latestBeginMs: EpochMs;
  private closed: StoredBar[] = [];
  private isClosed = false;
  private reachedMs: EpochMs;

  constructor(private readonly options: ReplayRunOptions) {
    const { plan, stored, files, graceMs, recentCap } = options;
    const { symbols } = plan;
    this.record = new ReplayRecord({
      symbols: symbols.map(({ symbol }) => symbol.symbol),
      days: daysIn(beginOf(plan), plan.toMs),
      recentCap,
    });
    this.tradeDays = symbols.map(() => new Set());
    this.material = symbols.map(() => ({ hasTrades: false, hasBars: false }));
    this.reachedMs = beginOf(plan);
    this.latestBeginMs = Math.max(...symbols.map(({ beginMs }) => beginMs));
    this.finished = new StoredTape(plan, stored, graceMs);
    this.trades = new TradeTape(symbols, files, {
      onLoaded: (symbolIndex, name) => {
        this.noteTradeDay(symbolIndex, name);
      },
      onLeftOut: (name, fault) => {
        if (this.faults.length < NAMED_FAULTS) this.faults.push(`${name.symbol} ${name.date}: ${fault}`);
      },
    });
    this.bars = new BarPipeline({
      graceMs,
      dayStarts: symbols.map(({ dayStart }) => dayStart),
      onClosed: (bar) => {
        this.takeClosed(bar);
      },
    });
  }

  /** Time reached: everything due by then has been played, and nothing later. */
  get nowMs(): EpochMs {
    return this.reachedMs;
  }

  /** The moment at which the last bar of the replay is final. */
  get endMs(): EpochMs {
    return this.options.plan.toMs + this.options.graceMs;
  }

  /** Rules that judge its bars. */
  get ruleCount(): number {
    return this.options.judge.ruleCount;
  }

  /** Trade files that are no good and were left out, with what is wrong. */
  get leftOut(): readonly string[] {
    return this.faults;
  }

  /** What the bars of a symbol were made of so far. */
  madeOf(symbolIndex: number): Material {
    return this.material[symbolIndex] as Material;
  }

  /** Knows which bars were the last ones before, and reads the first of the data. */
  async open(): Promise<void> {
    for (const one of this.options.plan.symbols) {
      for (const timeframe of TIMEFRAMES) {
        const before = firstSeqOf(one, timeframe);
        const query = { symbol: one.symbol.symbol, timeframe, before, limit: 1 };
        const [last] = await this.options.stored.read(query, one.knownOffset);
        if (last !== undefined) this.record.precededBy(last.symbol, timeframe, last.seq);
      }
    }
    await this.trades.ready();
    await this.finished.ready();
  }

  /** When anything trades next, `Infinity` when nothing does any more. */
  async nextTradingMs(): Promise<EpochMs> {
    await this.trades.ready();
    await this.finished.ready();
    return Math.min(this.trades.nextDueMs, this.finished.nextMinuteMs);
  }

  /**
   * Plays what is due up to a moment, in pieces between which others get their turn; `isInterrupted` breaks it off there.
   * Returns whether the moment has been reached.
   */
  async advance(untilMs: EpochMs, isInterrupted: () => boolean = () => false): Promise<boolean> {
    const limitMs = Math.min(untilMs, this.endMs);
    for (let pieces = 1; this.reachedMs < limitMs && !this.isClosed; pieces++) {
      await this.trades.ready();
      await this.finished.ready();
      if (this.playPiece(limitMs) || pieces % PIECES_PER_TURN === 0) await nextTurn();
      if (isInterrupted()) return this.reachedMs >= limitMs;
    }
    return true;
  }

  /** Newest trade of a symbol. */
  lastTrade(symbolIndex: number): LastTrade {
    return this.bars.lastTrade(symbolIndex);
  }

  /** Forming bars that changed since the last call. */
  takeForming(): Microbar[] {
    const microbars: Microbar[] = [];
    this.bars.takeForming(ALL_TIMEFRAMES, (forming) => this.collect(forming, microbars));
    return microbars;
  }

  /** The forming bars of a symbol as they stand. */
  peekForming(symbolIndex: number, timeframe: Timeframe): Microbar[] {
    const microbars: Microbar[] = [];
    this.bars.peekForming(symbolIndex, timeframe, (forming) => this.collect(forming, microbars));
    return microbars;
  }

  /** Plays and reads nothing further. */
  close(): void {
    this.isClosed = true;
    this.trades.close();
  }

  /** Plays up to the next finished bars on record, or a batch of trades. Returns whether that was much work. */
  private playPiece(limitMs: EpochMs): boolean {
    const tradesMs = this.trades.nextDueMs;
    const finishedMs = this.finished.nextDueMs;
    if (Math.min(tradesMs, finishedMs) > limitMs) {
      this.advanceClock(limitMs);
      return false;
    }
    if (tradesMs >= finishedMs) {
      this.playFinished(finishedMs);
      return false;
    }
    // Times are whole milliseconds: trades that are due with a finished bar come after it.
    this.trades.fill(this.batch, Math.min(limitMs, finishedMs - 1));
    const isFull = this.batch.length === BATCH_TRADES;
    if (this.reachedMs <= this.latestBeginMs) this.dropTradesBeforeBegin();
    this.bars.fold(this.batch);
    this.reachedMs = Math.max(this.reachedMs, this.bars.nowMs);
    this.options.onTrades(this.batch);
    this.tell([]);
    return isFull;
  }

  /** Minutes on record stand in where no trade is: they make what is forming, as they do where a feed has to fill. */
  private playFinished(dueMs: EpochMs): void {
    const due = this.finished.takeDue(dueMs);
    for (const { symbolIndex, bar } of due) {
      if (bar.timeframe !== '1m' || this.isForming(symbolIndex, bar.bar_start)) continue;
      this.bars.foldMinute({ symbolIndex, startMs: bar.bar_start, ...bar.ohlcv, vw: bar.vw, n: bar.n });
      this.madeOf(symbolIndex).hasBars = true;
    }
    this.bars.advanceTo(dueMs);
    this.reachedMs = dueMs;
    this.tell(due.filter(({ symbolIndex, bar }) => !this.isOfTrades(symbolIndex, bar.bar_start)));
  }

  private advanceClock(toMs: EpochMs): void {
    this.bars.advanceTo(toMs);
    this.reachedMs = toMs;
    this.tell([]);
  }

  /** Brings what has become final into the record: bars made here, and finished ones of days without trades. */
  private tell(finished: readonly StoredBar[]): void {
    if (this.closed.length === 0 && finished.length === 0) return;
    const { judge, replayId, ownerId } = this.options;
    const due = finished.length === 0 ? this.closed : [...this.closed, ...finished].sort(inOrderOfLog);
    this.closed = [];
    for (const { bar } of due) {
      // Days of trades and days of finished bars follow one another here, and name each other.
      const told = { ...bar, prev_seq: this.record.lastSeq(bar.symbol, bar.timeframe) };
      this.record.append(told);
      for (const signal of judge.judge(told))
        this.record.appendAlert(alertOf(signal, { epochId: replayId, ownerId, muted: false }));
    }
    this.record.flush();
  }

  private takeClosed(closed: ClosedBar): void {
    const { symbolIndex, timeframe, barStartMs } = closed;
    const one = this.options.plan.symbols[symbolIndex] as ReplaySymbol;
    if (
      !this.isOfTrades(symbolIndex, barStartMs) ||
      seqOf(barStartMs, timeframe) < firstSeqOf(one, timeframe)
    )
      return;
    this.closed.push({
      symbolIndex,
      bar: numberedBar(closed, one.symbol.symbol, null),
      endMs: periodEndMs(barStartMs, timeframe, one.dayStart),
    });
  }

  private noteTradeDay(symbolIndex: number, { dateMs }: TradeFileName): void {
    const { dayStart } = this.options.plan.symbols[symbolIndex] as ReplaySymbol;
    this.tradeDays[symbolIndex]?.add(dayStart(dateMs + NOON_MS));
    this.madeOf(symbolIndex).hasTrades = true;
  }

  /** Whether the bars of the trading day that holds a moment are made of trades. */
  private isOfTrades(symbolIndex: number, tsMs: EpochMs): boolean {
    const { dayStart } = this.options.plan.symbols[symbolIndex] as ReplaySymbol;
    return this.tradeDays[symbolIndex]?.has(dayStart(tsMs)) === true;
  }

  private isForming(symbolIndex: number, minuteStartMs: EpochMs): boolean {
    let isForming = false;
    this.bars.peekForming(symbolIndex, '1m', ({ barStartMs }) => {
      isForming ||= barStartMs === minuteStartMs;
    });
    return isForming;
  }

  /** Files hold whole days; a symbol's bars begin with its own trading day. */
  private dropTradesBeforeBegin(): void {
    const { batch } = this;
    const { symbols } = this.options.plan;
    let kept = 0;
    for (let row = 0; row < batch.length; row++) {
      const symbolIndex = batch.symbolIndex[row] as number;
      const tsMs = batch.tsMs[row] as number;
      if (tsMs < (symbols[symbolIndex] as ReplaySymbol).beginMs) continue;
      batch.symbolIndex[kept] = symbolIndex;
      batch.tsMs[kept] = tsMs;
      batch.price[kept] = batch.price[row] as number;
      batch.size[kept] = batch.size[row] as number;
      batch.updates[kept] = batch.updates[row] as number;
      kept++;
    }
    batch.length = kept;
  }

  private collect(forming: FormingBar, into: Microbar[]): void {
    const { symbolIndex, timeframe } = forming;
    const { symbol } = (this.options.plan.symbols[symbolIndex] as ReplaySymbol).symbol;
    const microbar = numberedMicrobar(forming, symbol);
    if (microbar.seq > (this.record.lastSeq(symbol, timeframe) ?? -1)) into.push(microbar);
  }
}

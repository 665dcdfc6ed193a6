import { Logger } from '@nestjs/common';
import type { Bar, EpochMs } from '@libs/bars';
import type { CompiledRule } from '@libs/rules';
import type { AlertEvent, ReplayState, SymbolInfo } from '@libs/contract';
import { Subject, type Observable } from 'rxjs';
import type { CancelTimer, Clock } from '../common/clock.js';
import { messageOf } from '../common/errors.js';
import { OneByOne, QueueFullError } from '../common/one-by-one.js';
import { badField, ProblemException } from '../common/problem.exception.js';
import {
  type ReplayedBars,
  type ReplayedMarket,
  type ReplayedPrice,
  type TradeFileCache,
} from '../market/index.js';
import { PlaybackClock } from './playback-clock.js';
import { ReplayJudge } from './replay-judge.js';
import { ReplayLog } from './replay-log.js';
import { ReplayMarket } from './replay-market.js';
import { firstSeqOf, infosOf, type ReplayPlan, type ReplaySymbol } from './replay-plan.js';
import { ReplayRun } from './replay-run.js';
import { describeReplay } from './replay-words.js';
import type { StoredBars } from './stored-bars.js';

/** How often a replay that plays looks at its clock. */
const STEP_MS = 20;
/** Longer pauses between trading days are skipped: nobody watches an empty market for that long. */
const LONGEST_PAUSE_MS = 15 * 60_000;
const MINUTE_MS = 60_000;
/** Commands that may wait for one another. */
const MOST_WAITING = 16;

/** What a replay is made with. */
export interface ReplayOptions {
  readonly id: string;
  readonly plan: ReplayPlan;
  readonly speed: ReplayState['speed'];
  readonly paused: boolean;
  readonly clock: Clock;
  readonly stored: StoredBars;
  readonly files: Pick<TradeFileCache, 'load'>;
  /** The user it is for. */
  readonly ownerId: number;
  /** Rules to judge by; asked again whenever the replay begins anew. */
  readonly rules: () => Promise<readonly CompiledRule[]>;
  readonly graceMs: number;
  readonly microbarMs: number;
  readonly tailCap: number;
}

/**
 * One replay: recorded data played again on a clock of its own, into a log of its own. Nothing it does touches the live
 * market. Commands and the play itself take turns, one at a time; a command breaks the play off where it is.
 */
export class Replay implements ReplayedMarket {
  readonly id: string;
  readonly market: ReplayMarket;
  private readonly logger = new Logger('replay');
  private readonly turns = new OneByOne(MOST_WAITING);
  private readonly playback: PlaybackClock;
  private readonly closing = new Subject<void>();
  private timers: CancelTimer[] = [];
  private mode: ReplayState['state'] = 'paused';
  private trouble: string | null = null;
  private isPlayingOn = false;
  private commands = 0;
  private users = 0;
  private usedWallMs: number;

  private constructor(
    private readonly options: ReplayOptions,
    private run: ReplayRun,
    readonly log: ReplayLog,
  ) {
    const { id, plan, clock, speed } = options;
    this.id = id;
    this.market = new ReplayMarket(infosOf(plan), () => this.run, clock);
    this.playback = new PlaybackClock(clock, plan.fromMs, speed);
    this.usedWallMs = clock.nowMs();
  }

  /** Reads what comes before the start, and begins to play unless it is to wait. */
  static async open(options: ReplayOptions): Promise<Replay> {
    const { plan, clock, microbarMs, tailCap } = options;
    const begun: { replay?: Replay } = {};
    const run = await newRun(options, () => begun.replay);
    await run.advance(plan.fromMs);
    const log = new ReplayLog(run.record, tailCap);
    const replay = new Replay(options, run, log);
    begun.replay = replay;
    log.takeOver(run.record, plan.fromMs, 'the replay was started');
    replay.timers = [
      clock.every(STEP_MS, () => {
        replay.playOn();
      }),
      clock.every(microbarMs, () => {
        replay.market.sample();
      }),
    ];
    if (options.paused) replay.say();
    else replay.play();
    return replay;
  }

  get closed$(): Observable<void> {
    return this.closing;
  }

  /** Wall time since nobody streams it or asks for it, 0 while somebody streams it. */
  get idleMs(): number {
    return this.users > 0 ? 0 : this.options.clock.nowMs() - this.usedWallMs;
  }

  get state(): ReplayState {
    const { plan } = this.options;
    const known = {
      symbols: plan.symbols.map(({ symbol }) => symbol.symbol),
      from: plan.fromMs,
      speed: this.playback.speed,
      state: this.mode,
    };
    return {
      id: this.id,
      ...known,
      reason: describeReplay(known, this.troubleText()),
      timeframe: plan.timeframe,
      to: plan.toMs,
      clock: this.nowMs(),
      made_of: Object.fromEntries(
        plan.symbols.map(({ symbol }, index) => [symbol.symbol, this.madeOf(index)]),
      ),
      epoch: this.log.epoch,
      rules: this.run.ruleCount,
      alerts: this.run.record.alertCount,
    };
  }

  nowMs(): EpochMs {
    return Math.min(this.run.nowMs, this.options.plan.toMs);
  }

  /** Somebody of the session has asked for it. */
  touch(): void {
    this.usedWallMs = this.options.clock.nowMs();
  }

  retain(): () => void {
    this.users++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.users--;
      this.touch();
    };
  }

  symbolInfo(symbol: string): SymbolInfo | undefined {
    return this.planOf(symbol)?.symbol;
  }

  async bars(query: ReplayedBars): Promise<Bar[]> {
    const one = this.planOf(query.symbol);
    if (one === undefined) return [];
    const { sinceSeq, before = Infinity, limit } = query;
    const firstSeq = firstSeqOf(one, query.timeframe);
    // What is known by now is fixed before the database is asked: a seek backwards must not be answered with what was ahead.
    const own = this.run.record.bars(query);
    const isAllOwn = sinceSeq === undefined ? own.length >= limit : sinceSeq >= firstSeq - 1;
    if (isAllOwn) return own;
    const earlier = await this.options.stored.read(
      {
        ...query,
        before: Math.min(before, firstSeq),
        limit: sinceSeq === undefined ? limit - own.length : limit,
      },
      one.knownOffset,
    );
    return sinceSeq === undefined ? [...earlier, ...own] : [...earlier, ...own].slice(0, limit);
  }

  async newestPrice(symbol: string): Promise<ReplayedPrice> {
    const index = this.options.plan.symbols.findIndex((one) => one.symbol.symbol === symbol);
    const trade = this.run.lastTrade(index);
    if (!Number.isNaN(trade.tsMs)) return { price: trade.price, size: trade.size, ts: trade.tsMs };
    const [bar] = await this.bars({ symbol, timeframe: '1m', limit: 1 });
    return { price: bar?.ohlcv.c ?? null, size: null, ts: bar?.bar_end ?? null };
  }

  /** The newest alerts its rules have given up to its clock, newest first. */
  alerts(limit: number): AlertEvent[] {
    return this.run.record.newestAlerts(limit).map(({ json }) => JSON.parse(json) as AlertEvent);
  }

  /** Stops time where it is. */
  pause(): Promise<ReplayState> {
    return this.command(() => {
      if (this.mode === 'playing') this.mode = 'paused';
    });
  }

  /** Lets time run on. Throws 409 for a replay that has ended. */
  resume(): Promise<ReplayState> {
    return this.command(() => {
      if (this.mode === 'ended') {
        throw new ProblemException({
          status: 409,
          detail: 'The replay has ended. Seek back first, or start another one.',
        });
      }
      this.play();
    });
  }

  setSpeed(speed: ReplayState['speed']): Promise<ReplayState> {
    return this.command(() => {
      this.playback.set(this.run.nowMs, speed);
    });
  }

  /** Pauses, and goes on to where the next bar of the replay's timeframe is final. */
  step(): Promise<ReplayState> {
    return this.command(async () => {
      if (this.mode === 'playing') this.mode = 'paused';
      const { timeframe } = this.options.plan;
      const { run } = this;
      const before = run.record.countOf(timeframe);
      while (run.record.countOf(timeframe) === before && run.nowMs < run.endMs) {
        await run.advance(nextFinalMs(run.nowMs, this.options.graceMs));
      }
      this.arrived();
    });
  }

  /** Goes to a moment, forwards or back. Throws 400 for one outside the replay. */
  seek(timeMs: EpochMs): Promise<ReplayState> {
    const { fromMs, toMs } = this.options.plan;
    if (timeMs < fromMs || timeMs > toMs)
      throw badField('time', `must be from ${fromMs} to ${toMs}, the start and the end of the replay`);
    return this.command(async () => {
      if (timeMs < this.run.nowMs) await this.runAnew(timeMs);
      else await this.run.advance(timeMs);
      if (this.mode === 'ended') this.mode = 'paused';
      this.arrived();
    });
  }

  /** Ends the replay and its streams; it is not found any more. */
  async stop(): Promise<ReplayState> {
    const state = await this.command(() => {
      this.mode = 'stopped';
    });
    this.close();
    return state;
  }

  /** The same at once, for a process that stops. */
  close(): void {
    this.mode = 'stopped';
    for (const cancel of this.timers) cancel();
    this.run.close();
    this.closing.next();
    this.closing.complete();
  }

  private play(): void {
    this.mode = 'playing';
    this.trouble = null;
    this.playback.set(this.run.nowMs);
    this.say();
    this.playOn();
  }

  /** A turn of playing, unless one is under way. */
  private playOn(): void {
    if (this.mode !== 'playing' || this.isPlayingOn) return;
    this.isPlayingOn = true;
    this.turns
      .run(() => this.playTurn())
      .catch((thrown: unknown) => {
        this.mode = 'paused';
        this.trouble = `paused because the data could not be read (${messageOf(thrown)}); resume to try again`;
        this.logger.error(`replay ${this.id}: ${this.trouble}`);
        this.say();
      })
      .finally(() => {
        this.isPlayingOn = false;
        if (this.playback.speed === 'max') setImmediate(() => this.playOn());
      });
  }

  private async playTurn(): Promise<void> {
    if (this.mode !== 'playing') return;
    const { run, playback } = this;
    await run.advance(playback.dueMs, () => this.commands > 0 || this.mode !== 'playing');
    if (this.commands > 0) return;
    const nextMs = await run.nextTradingMs();
    // Where nothing trades any more, time runs on to the end at once.
    if (nextMs === Infinity) await run.advance(run.endMs);
    this.arrived();
    if (this.isLongPause(nextMs)) playback.set(nextMs);
  }

  /** Over once the last bar is final. */
  private arrived(): void {
    if (this.run.nowMs >= this.run.endMs) this.mode = 'ended';
  }

  private isLongPause(nextMs: EpochMs): boolean {
    const { nowMs } = this.run;
    const { speed } = this.playback;
    if (this.mode !== 'playing' || speed === 'max' || nextMs - nowMs <= LONGEST_PAUSE_MS * speed)
      return false;
    return this.options.plan.symbols.every(({ dayStart }) => dayStart(nowMs) !== dayStart(nextMs));
  }

  /** Back is only to be had by playing again from the start; whoever looks sees the old state until it is done. */
  private async runAnew(timeMs: EpochMs): Promise<void> {
    const run = await newRun(this.options, () => (this.run === run ? this : undefined));
    await run.advance(timeMs);
    this.run.close();
    this.run = run;
    this.market.forgetTape();
    this.log.takeOver(run.record, timeMs, 'the replay was set back');
  }

  /** Runs a command in its turn; the play breaks off for it, and goes on from where the command left it. */
  private async command(task: () => void | Promise<void>): Promise<ReplayState> {
    this.commands++;
    try {
      await this.turns.run(async () => {
        await task();
        this.playback.set(this.run.nowMs);
      });
    } catch (thrown) {
      if (!(thrown instanceof QueueFullError)) throw thrown;
      throw new ProblemException({
        status: 429,
        detail: 'This replay has more commands waiting than it takes.',
        retryAfterS: 1,
      });
    } finally {
      this.commands--;
    }
    this.market.sample();
    this.say();
    return this.state;
  }

  private say(): void {
    this.market.say(this.state.reason, this.nowMs());
  }

  private troubleText(): string | null {
    const notes = [this.trouble, ...this.run.leftOut.map((fault) => `left out ${fault}`)];
    const text = notes.filter((note) => note !== null).join('; ');
    return text === '' ? null : text;
  }

  private madeOf(index: number): 'trades' | 'bars' | 'trades and bars' {
    const { hasTrades, hasBars } = this.run.madeOf(index);
    if (hasTrades && hasBars) return 'trades and bars';
    return hasTrades ? 'trades' : 'bars';
  }

  private planOf(symbol: string): ReplaySymbol | undefined {
    return this.options.plan.symbols.find((one) => one.symbol.symbol === symbol);
  }
}

/** A run that stands before its first bar. Its trades are streamed while it is the one that is shown. */
async function newRun(options: ReplayOptions, shown: () => Replay | undefined): Promise<ReplayRun> {
  const { plan, stored, files, graceMs, tailCap } = options;
  const run = new ReplayRun({
    plan,
    stored,
    files,
    graceMs,
    recentCap: tailCap,
    judge: await ReplayJudge.open(plan, await options.rules(), stored),
    replayId: options.id,
    ownerId: options.ownerId,
    onTrades: (batch) => shown()?.market.trade(batch),
  });
  await run.open();
  return run;
}

/** The first moment after `nowMs` at which a minute, and whatever ends with it, is final. */
function nextFinalMs(nowMs: EpochMs, graceMs: number): EpochMs {
  return (Math.floor((nowMs - graceMs) / MINUTE_MS) + 1) * MINUTE_MS + graceMs;
}

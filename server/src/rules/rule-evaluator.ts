import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { inLogOrder, lookbackOf, RuleEngine, type Judgement } from '@libs/rules';
import { TIMEFRAMES, timeframeMs, type Bar, type EpochMs } from '@libs/bars';
import type { Subscription } from 'rxjs';
import { Clock } from '../common/clock.js';
import { messageOf } from '../common/errors.js';
import {
  BarArchive,
  BarLog,
  Leadership,
  MarketPipeline,
  type LoggedEvent,
  type Series,
} from '../market/index.js';
import { alertOf } from './alert-of.js';
import { BarReader } from './bar-reader.js';
import { RuleBook } from './rule-book.js';
import { SignalStore, type LoggedSignal } from './signal-store.js';

/** Signals brought into the log between two looks at how far it is. */
const TELL_AT_ONCE = 500;
/** Events judged between two looks at the event loop, and read from the database at a time. */
const RUN_EVENTS = 500;
/** Events judged without a signal after which the offset is kept all the same: bounds what a restart judges again. */
const KEEP_EVERY_EVENTS = 2_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/**
 * Judges every finalized bar by all rules, on the instance that holds the feed, and brings each signal into the log as an
 * alert once it is kept. How far it came is kept with the signals, so after a crash it goes on where it was: bars that were
 * finalized and not judged are judged, what was judged twice gives no second signal, and what was kept and not told is told.
 */
@Injectable()
export class RuleEvaluator implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('rules');
  private readonly subscriptions: Subscription[] = [];
  private engine: RuleEngine | null = null;
  /** Whom each rule that is judged belongs to, by its id. */
  private owners: ReadonlyMap<string, number> = new Map();
  /** Epoch and offset up to which bars were judged here; `null` before the first look. */
  private judged: { readonly epochId: string; offset: number } | null = null;
  private keptOffset = 0;
  /** Changes of rules that the engine was built after. */
  private knownChanges = -1;
  private working: Promise<void> | null = null;
  private isDemanded = false;
  private isStopping = false;
  private failures = 0;
  private signalCount = 0;
  private misplaced = 0;

  constructor(
    private readonly log: BarLog,
    private readonly archive: BarArchive,
    private readonly market: MarketPipeline,
    private readonly leadership: Leadership,
    private readonly reader: BarReader,
    private readonly rules: RuleBook,
    private readonly signals: SignalStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Figures for diagnosis. `behind`: events of the log that are not judged yet, `null` where none are judged; `misplaced`: bars left out because they came
   * after bars that closed later.
   */
  get stats(): {
    rules: number;
    signals: number;
    behind: number | null;
    failures: number;
    misplaced: number;
  } {
    const behind = this.judged === null ? null : Math.max(0, this.log.headOffset - this.judged.offset);
    const { signalCount: signals, failures, misplaced } = this;
    return { rules: this.owners.size, signals, behind, failures, misplaced };
  }

  onApplicationBootstrap(): void {
    this.subscriptions.push(
      this.log.published$.subscribe(() => this.demand()),
      this.log.restarted$.subscribe(() => this.startOver()),
      this.leadership.role$.subscribe(() => this.startOver()),
      // Not while an engine is being built: it would be without the new symbol.
      this.market.symbolAdded$.subscribe(() => void this.settled().then(() => this.rulesChanged())),
    );
  }

  /** The feed has stopped; what it finalized is judged before the database closes. */
  async onModuleDestroy(): Promise<void> {
    this.demand();
    this.isStopping = true;
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    await this.working;
    if (this.judged !== null && this.engine !== null && this.judged.offset > this.keptOffset)
      await this.signals.keep(this.judged.epochId, [], this.judged.offset).catch(() => undefined);
  }

  /** Told by whoever has changed rules here, so that a fault in one shows before the next bar. */
  rulesChanged(): void {
    this.demand();
  }

  /** Resolves when everything published so far is judged and kept. */
  async settled(): Promise<void> {
    while (this.working !== null) await this.working;
  }

  /** The moment up to which bars have closed: a rule that is made now is judged by what closes after it. */
  newestCloseMs(): EpochMs {
    return this.market.symbols.reduce((newest, { symbol }) => {
      const seq = this.log.seriesFor(symbol, '1m')?.publishedSeq ?? null;
      return seq === null ? newest : Math.max(newest, (seq + 1) * timeframeMs('1m'));
    }, 0);
  }

  private startOver(): void {
    this.engine = null;
    this.judged = null;
    this.demand();
  }

  private demand(): void {
    if (this.isStopping) return;
    this.isDemanded = true;
    this.working ??= this.work().finally(() => {
      this.working = null;
      // Whoever asked while the last turn was ending would otherwise wait for the next bar.
      if (this.isDemanded && this.leadership.role.isLeader && !this.isStopping) this.demand();
    });
  }

  private async work(): Promise<void> {
    // Whoever takes over first reads what the one before left; until then there is nothing to judge and nowhere to tell it.
    while (!this.log.isWrittenHere && this.leadership.role.isLeader && !this.isEnding())
      await new Promise<void>((resolve) => this.clock.after(FIRST_RETRY_MS, resolve));
    for (let delayMs = FIRST_RETRY_MS; this.isDemanded && this.leadership.role.isLeader;) {
      this.isDemanded = false;
      try {
        while (await this.judgeRun()) await new Promise<void>((resolve) => setImmediate(resolve));
        delayMs = FIRST_RETRY_MS;
      } catch (thrown) {
        this.failures++;
        this.logger.error(`rules are not judged, next try in ${delayMs} ms: ${messageOf(thrown)}`);
        // Whatever the engine took in and was not kept is judged again.
        this.engine = null;
        this.judged = null;
        if (this.isEnding()) return;
        await new Promise<void>((resolve) => this.clock.after(delayMs, resolve));
        delayMs = Math.min(delayMs * 2, LONGEST_RETRY_MS);
        this.isDemanded = true;
      }
    }
  }

  /** A question, not a field: it changes during every wait. */
  private isEnding(): boolean {
    return this.isStopping;
  }

  /** Judges the next events. Returns whether there may be more. */
  private async judgeRun(): Promise<boolean> {
    const judged = (this.judged ??= await this.openJudged());
    await this.noticeChanges();
    const engine = (this.engine ??= await this.build(judged));
    const events = await this.eventsAfter(judged.offset);
    const last = events.at(-1);
    if (last === undefined) return false;
    const found: LoggedSignal[] = [];
    let needsRebuild = false;
    for (const { offset, bar } of events) {
      if (bar === undefined) continue;
      const judgement = this.judge(engine, bar);
      needsRebuild ||= judgement.needsRebuild;
      for (const signal of judgement.signals)
        found.push({ offset, ownerId: this.owners.get(signal.rule.id) as number, signal });
    }
    if (found.length > 0 || last.offset - this.keptOffset >= KEEP_EVERY_EVENTS) {
      await this.signals.keep(judged.epochId, found, last.offset);
      this.keptOffset = last.offset;
    }
    judged.offset = last.offset;
    if (needsRebuild && this.engine === engine) this.engine = null;
    if (found.length > 0) {
      this.signalCount += found.length;
      await this.tell(judged.epochId);
    }
    return true;
  }

  /** Rules may have been changed on another instance. */
  private async noticeChanges(): Promise<void> {
    const changes = await this.rules.changeCount();
    if (changes !== this.knownChanges) this.engine = null;
    this.knownChanges = changes;
  }

  /** Brings every signal on record that the log does not tell yet into it, in its order. */
  private async tell(epochId: string): Promise<void> {
    for (;;) {
      const untold = await this.signals.untold(epochId, TELL_AT_ONCE);
      // Who writes next will find them.
      if (!this.log.isWrittenHere || this.log.epoch.id !== epochId) return;
      for (const { ownerId, mutedUntilMs, signal } of untold) {
        const muted = mutedUntilMs !== null && this.clock.nowMs() < mutedUntilMs;
        this.log.alert(alertOf(signal, { epochId, ownerId, muted }));
      }
      if (untold.length < TELL_AT_ONCE) return;
      await this.log.flushed();
    }
  }

  /** A bar that comes out of order is left out: judging it would tell what nobody could know, and the others go on. */
  private judge(engine: RuleEngine, bar: Bar): Judgement {
    try {
      return engine.push(bar);
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      this.misplaced++;
      this.logger.error(`not judged: ${thrown.message}`);
      return { signals: [], needsRebuild: false };
    }
  }

  private async openJudged(): Promise<{ epochId: string; offset: number }> {
    const { id: epochId } = this.log.epoch;
    const known = await this.signals.judgedOffset(epochId);
    // In an epoch that was never judged there were no rules: they begin with what comes.
    const offset = known ?? this.log.headOffset;
    if (known === null) await this.signals.keep(epochId, [], offset);
    this.keptOffset = offset;
    await this.tell(epochId);
    return { epochId, offset };
  }

  /** An engine that has seen what decides the next bars, and knows the signals before them. */
  private async build({ epochId, offset }: { epochId: string; offset: number }): Promise<RuleEngine> {
    const rules = await this.rules.active(null);
    this.owners = new Map(rules.map(({ compiled, ownerId }) => [compiled.rule.id, ownerId]));
    const symbols = new Map(this.market.symbols.map(({ symbol, calendar }) => [symbol, calendar]));
    const past = await this.signals.past(epochId, offset);
    const engine = new RuleEngine({ rules, symbols, past });
    const lookback = lookbackOf(rules.map(({ compiled }) => compiled));
    for (const symbol of symbols.keys()) {
      const bars: Bar[] = [];
      for (const [timeframe, reach] of lookback) {
        const before = await this.firstSeqAfter(symbol, timeframe, offset);
        for (const bar of await this.reader.before(symbol, timeframe, reach, before)) bars.push(bar);
      }
      for (const bar of inLogOrder(bars, symbols)) engine.warmUp(bar);
    }
    return engine;
  }

  /** Seq of the first bar of a series that is not judged yet; `undefined` when all of them are. Corrections do not count. */
  private async firstSeqAfter(
    symbol: string,
    timeframe: Bar['timeframe'],
    offset: number,
  ): Promise<number | undefined> {
    if (offset >= this.log.headOffset) return undefined;
    const series = this.log.seriesFor(symbol, timeframe);
    if (series === undefined) return undefined;
    for (let after = offset; ;) {
      const events = await this.archive.barsAfter([series], after, RUN_EVENTS);
      const first = events.find(({ bar }) => bar.rev === 0);
      const last = events.at(-1);
      if (first !== undefined || last === undefined) return first?.bar.seq;
      after = last.offset;
    }
  }

  /** The next events of the log, out of memory where it holds them. */
  private async eventsAfter(offset: number): Promise<readonly LoggedEvent[]> {
    const { tail } = this.log;
    if (offset >= this.log.headOffset) return [];
    if (offset < tail.evictedOffset) {
      return this.archive.barsAfter(this.allSeries(), offset, RUN_EVENTS);
    }
    const from = tail.positionAfter(offset);
    const to = Math.min(tail.end, from + RUN_EVENTS);
    return Array.from({ length: to - from }, (_, index) => tail.eventAt(from + index));
  }

  private allSeries(): Series[] {
    return this.market.symbols.flatMap(({ symbol }) =>
      TIMEFRAMES.flatMap((timeframe) => this.log.seriesFor(symbol, timeframe) ?? []),
    );
  }
}

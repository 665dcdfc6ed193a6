import { Logger } from '@nestjs/common';
import {
  barStartOf,
  BASE_TIMEFRAME,
  periodEndMs,
  rollUpBars,
  roundVolume,
  seqOf,
  TIMEFRAMES,
  timeframeMs,
  type Bar,
  type BarValues,
  type ClosedBar,
  type DayStart,
  type DurationMs,
  type EpochMs,
  type FinishedMinute,
  type Seq,
  type Timeframe,
} from '@libs/bars';
import { dayStartOf } from '@libs/calendar';
import type { SymbolInfo } from '@libs/contract';
import { messageOf } from '../common/errors.js';
import type { BarLog } from './bar-log.js';
import { VolumeWatch } from './volume-watch.js';

const MINUTE_MS = timeframeMs(BASE_TIMEFRAME);
/** Minutes that may wait for the bar made here; a day of seven symbols. Beyond it the oldest are given up. */
const PENDING_CAP = 10_000;
/** Most minutes compared by one query. */
const COMPARE_PAGE = 5_000;
const COARSER = TIMEFRAMES.filter((timeframe) => timeframe !== BASE_TIMEFRAME);

/** How a symbol's bars compare with the official ones. */
interface Drift {
  compared: number;
  revised: number;
  /** Official minutes of which no bar was made here. */
  missing: number;
}

/** What official minutes are held against. */
export interface OfficialMinutesOptions {
  /** Who publishes them; stands beside each revision. */
  readonly source: string;
  /** May grow at its end. */
  readonly symbols: readonly SymbolInfo[];
  readonly graceMs: DurationMs;
}

/**
 * Holds the minutes that a provider publishes against the bars made of its trades here. Where they differ, the official
 * one is appended as the next revision, and so are the coarser bars that hold it: these always are what their minutes
 * say. A bar is compared once it is final, never before.
 */
export class OfficialMinutes {
  private readonly logger = new Logger('market');
  private readonly volumes = new VolumeWatch();
  /** By symbol index. */
  private readonly drifts: Drift[] = [];
  private readonly pending: FinishedMinute[] = [];
  private readonly due: FinishedMinute[] = [];
  /** Coarser bars that are still forming and hold a minute that was revised. */
  private readonly stale = new Map<string, { symbolIndex: number; timeframe: Timeframe; startMs: EpochMs }>();
  private working: Promise<void> = Promise.resolve();
  private isWorking = false;

  constructor(
    private readonly log: BarLog,
    private readonly options: OfficialMinutesOptions,
  ) {}

  /** Counters by symbol, for those that were compared. */
  get drift(): Readonly<Record<string, Readonly<Drift>>> {
    const entries = this.options.symbols.flatMap(({ symbol }, index) => {
      const drift = this.drifts[index];
      return drift === undefined ? [] : [[symbol, drift] as const];
    });
    return Object.fromEntries(entries);
  }

  /** Takes official minutes, at an exchange time of `nowMs`. */
  take(minutes: readonly FinishedMinute[], nowMs: EpochMs): void {
    this.pending.push(...minutes);
    if (this.pending.length > PENDING_CAP) this.pending.splice(0, this.pending.length - PENDING_CAP);
    this.advanceTo(nowMs);
  }

  /** Exchange time has reached `nowMs`: more bars are final. */
  advanceTo(nowMs: EpochMs): void {
    if (this.pending.length === 0) return;
    const waiting: FinishedMinute[] = [];
    for (const minute of this.pending) {
      const isFinal = minute.startMs + MINUTE_MS + this.options.graceMs <= nowMs;
      (isFinal ? this.due : waiting).push(minute);
    }
    this.pending.splice(0, this.pending.length, ...waiting);
    this.work();
  }

  /** A bar was finalized. */
  closed(bar: ClosedBar): void {
    if (bar.timeframe === BASE_TIMEFRAME) this.volumes.closed(bar);
    else if (this.stale.has(keyOf(bar.symbolIndex, bar.timeframe, bar.barStartMs))) this.work();
  }

  /** Resolves when everything that is due has been compared. */
  async settled(): Promise<void> {
    while (this.isWorking) await this.working;
  }

  private work(): void {
    if (this.isWorking || (this.due.length === 0 && this.stale.size === 0)) return;
    this.isWorking = true;
    this.working = this.workOff()
      .catch((thrown: unknown) => {
        this.logger.error(`official minutes could not be compared: ${messageOf(thrown)}`);
      })
      .finally(() => {
        this.isWorking = false;
        if (this.due.length > 0) this.work();
      });
  }

  private async workOff(): Promise<void> {
    await this.log.flushed();
    const minutes = this.due.splice(0, COMPARE_PAGE);
    for (const symbolIndex of new Set(minutes.map((minute) => minute.symbolIndex))) {
      await this.compare(
        symbolIndex,
        minutes.filter((minute) => minute.symbolIndex === symbolIndex),
      );
    }
    await this.log.flushed();
    for (const [key, bucket] of [...this.stale]) {
      if (
        seqOf(bucket.startMs, bucket.timeframe) >
        (this.log.lastSeq(bucket.symbolIndex, bucket.timeframe) ?? -1)
      )
        continue;
      this.stale.delete(key);
      await this.reviseBucket(bucket);
    }
  }

  private async compare(symbolIndex: number, minutes: readonly FinishedMinute[]): Promise<void> {
    const seqs = minutes.map(({ startMs }) => seqOf(startMs, BASE_TIMEFRAME));
    const [first, last] = [Math.min(...seqs), Math.max(...seqs)];
    const recorded = await this.log.readBars(symbolIndex, BASE_TIMEFRAME, {
      sinceSeq: first - 1,
      before: last + 1,
      limit: COMPARE_PAGE,
      keep: 'newest',
    });
    const bars = new Map(recorded.map((bar) => [bar.seq, bar]));
    const drift = (this.drifts[symbolIndex] ??= { compared: 0, revised: 0, missing: 0 });
    for (const [index, minute] of minutes.entries()) {
      const seq = seqs[index] as Seq;
      const ours = bars.get(seq);
      if (ours === undefined) {
        drift.missing++;
        continue;
      }
      drift.compared++;
      const official = officialValues(minute, ours);
      this.volumes.compare(symbolIndex, ours, official);
      if (isSame(ours.ohlcv, official.ohlcv)) continue;
      drift.revised++;
      const revised = { ...ours, ...official, rev: ours.rev + 1 };
      bars.set(seq, revised);
      this.log.revise(symbolIndex, revised, this.options.source);
      this.doubtBuckets(symbolIndex, minute.startMs);
    }
  }

  private dayStartOf(symbolIndex: number): DayStart {
    return dayStartOf((this.options.symbols[symbolIndex] as SymbolInfo).calendar);
  }

  private doubtBuckets(symbolIndex: number, minuteStartMs: EpochMs): void {
    const dayStart = this.dayStartOf(symbolIndex);
    for (const timeframe of COARSER) {
      const startMs = barStartOf(minuteStartMs, timeframe, dayStart);
      this.stale.set(keyOf(symbolIndex, timeframe, startMs), { symbolIndex, timeframe, startMs });
    }
  }

  /** A coarser bar is final and one of its minutes was revised: it becomes what its minutes say now. */
  private async reviseBucket(bucket: {
    symbolIndex: number;
    timeframe: Timeframe;
    startMs: EpochMs;
  }): Promise<void> {
    const { symbolIndex, timeframe, startMs } = bucket;
    const endMs = periodEndMs(startMs, timeframe, this.dayStartOf(symbolIndex));
    const seq = seqOf(startMs, timeframe);
    const [bar] = await this.log.readBars(symbolIndex, timeframe, {
      sinceSeq: seq - 1,
      before: seq + 1,
      limit: 1,
      keep: 'newest',
    });
    const minutes = await this.log.readBars(symbolIndex, BASE_TIMEFRAME, {
      sinceSeq: seqOf(startMs, BASE_TIMEFRAME) - 1,
      before: seqOf(endMs, BASE_TIMEFRAME),
      limit: COMPARE_PAGE,
      keep: 'oldest',
    });
    if (bar === undefined || minutes.length === 0) return;
    const values = rollUpBars(minutes);
    if (isSame(bar.ohlcv, values.ohlcv)) return;
    this.log.revise(symbolIndex, { ...bar, ...values, rev: bar.rev + 1 }, this.options.source);
  }
}

/** The number of trades is ours where the provider does not count them. */
function officialValues({ o, h, l, c, v, vw, n }: FinishedMinute, ours: Bar): BarValues {
  return { ohlcv: { o, h, l, c, v: roundVolume(v) }, vw, n: n > 0 ? n : ours.n };
}

function isSame(a: BarValues['ohlcv'], b: BarValues['ohlcv']): boolean {
  return a.o === b.o && a.h === b.h && a.l === b.l && a.c === b.c && a.v === b.v;
}

function keyOf(symbolIndex: number, timeframe: Timeframe, startMs: EpochMs): string {
  return `${symbolIndex}|${timeframe}|${startMs}`;
}

import { BarBuilder, emitRow, type BarBuilderCounters, type LastTrade } from './bar-builder.js';
import type { Ohlcv } from './bar.js';
import type { ClosedBarSink, FinishedMinute } from './closed-bar.js';
import { OhlcvColumns } from './ohlcv-columns.js';
import { Rollup } from './rollup.js';
import type { DayStart } from './seq.js';
import { BASE_TIMEFRAME, TIMEFRAMES, type Timeframe } from './timeframe.js';
import type { TradeBatch } from './trade-batch.js';
import type { DurationMs, EpochMs } from './units.js';
import { roundVolume } from './volume.js';

const MINUTE_MS = 60_000;

/** The forming bar of a symbol and timeframe, as sampled for a microbar. */
export interface FormingBar {
  readonly symbolIndex: number;
  readonly timeframe: Timeframe;
  readonly barStartMs: EpochMs;
  readonly ohlcv: Ohlcv;
  /** Exchange time of the symbol's newest trade. */
  readonly tsMs: EpochMs;
}

export interface BarPipelineOptions {
  /** How long after a bar's end late trades are still taken. 0 to 60,000. */
  readonly graceMs: DurationMs;
  /** Where the trading day of each symbol starts; its length is the number of symbols. */
  readonly dayStarts: readonly DayStart[];
  /** Receives every finalized bar of every timeframe. */
  readonly onClosed: ClosedBarSink;
}

/**
 * Trades in, finalized bars of all timeframes out, in one total order that depends on the trades and the clock alone:
 * by bar end, then 1m before the coarser timeframes, then by symbol index. So the same input gives the same log at any
 * speed and in any batch size.
 */
export class BarPipeline {
  private readonly builder: BarBuilder;
  private readonly rollups: readonly Rollup[];
  private readonly scratch = new OhlcvColumns(1);
  private readonly dayStarts: DayStart[];

  constructor(private readonly options: BarPipelineOptions) {
    const { graceMs } = options;
    this.dayStarts = [...options.dayStarts];
    const { dayStarts } = this;
    this.rollups = TIMEFRAMES.filter((timeframe) => timeframe !== BASE_TIMEFRAME).map(
      (timeframe) => new Rollup(timeframe, dayStarts),
    );
    this.builder = new BarBuilder(dayStarts.length, graceMs, (clockMs) => {
      this.closeDue(clockMs - graceMs);
    });
  }

  get counters(): BarBuilderCounters {
    return this.builder.counters;
  }

  /** Exchange time reached so far. */
  get nowMs(): EpochMs {
    return this.builder.nowMs;
  }

  /** Newest trade of a symbol that may set a price. */
  lastTrade(symbolIndex: number): LastTrade {
    return this.builder.lastTrade(symbolIndex);
  }

  /** Takes trades in source order. */
  fold(batch: TradeBatch): void {
    this.builder.fold(batch);
  }

  /**
   * Takes a minute its source has finished in place of its trades; it is finalized like any other, once exchange time is
   * past its end and the grace. Minutes come in ascending order of time. Returns whether it was taken: a minute that is
   * final already stays as it is.
   */
  foldMinute(minute: FinishedMinute): boolean {
    return this.builder.foldMinute(minute);
  }

  /** Takes another symbol in, with the index after the last one. */
  addSymbol(dayStart: DayStart): void {
    this.dayStarts.push(dayStart);
    this.builder.grow(this.dayStarts.length);
    for (const rollup of this.rollups) rollup.grow();
  }

  /**
   * Takes a finished minute of a symbol that has just come in, from before the time the others have reached: it is final at
   * once, and so are the coarser bars that end before it or with it. Minutes of the symbol come in ascending order of time.
   */
  foldPast(minute: FinishedMinute): void {
    if (this.builder.foldMinute(minute)) return;
    const { symbolIndex, startMs } = minute;
    const { scratch, rollups } = this;
    this.closeDue(startMs);
    scratch.set(0, minute);
    const { onClosed } = this.options;
    emitRow(scratch, 0, { symbolIndex, timeframe: BASE_TIMEFRAME, barStartMs: startMs }, onClosed);
    for (const rollup of rollups) rollup.fold(symbolIndex, startMs, scratch, 0);
    this.closeDue(startMs + MINUTE_MS);
  }

  /** A symbol is not followed any more: what is forming of it is dropped, because it would be short. */
  forget(symbolIndex: number): void {
    this.builder.forget(symbolIndex);
    for (const rollup of this.rollups) rollup.forget(symbolIndex);
  }

  /** Exchange time has reached `nowMs` without more trades. */
  advanceTo(nowMs: EpochMs): void {
    this.builder.advanceTo(nowMs);
  }

  /** The data is over: finalizes everything that is open, as if the clock had run on to the end of the last bar. */
  finish(): void {
    for (let endMs = this.earliestOpenEndMs(); endMs < Infinity; endMs = this.earliestOpenEndMs()) {
      this.builder.advanceTo(endMs + this.options.graceMs);
      // Of a symbol that has just come in, a bar may be open that time has passed already.
      this.closeDue(endMs);
    }
  }

  /**
   * Samples the forming bars that changed since the last call, of the given timeframes, in symbol order. At a minute's
   * turn a symbol may have two: the one within its grace and the new one, in time order.
   */
  takeForming(timeframes: ReadonlySet<Timeframe>, sink: (forming: FormingBar) => void): void {
    const { builder, rollups } = this;
    const wantsMinutes = timeframes.has(BASE_TIMEFRAME);
    const wantsRollups = timeframes.size > (wantsMinutes ? 1 : 0);
    for (let symbol = 0; symbol < builder.symbolCount; symbol++) {
      const rows = this.touchedRows(symbol);
      if (wantsMinutes) for (const row of rows) this.sampleMinute(symbol, row, sink);
      for (const rollup of rollups) {
        const isTouched = rollup.touched[symbol] === 1;
        if (wantsRollups && (isTouched || rows.length > 0) && timeframes.has(rollup.timeframe)) {
          this.sampleBuckets(symbol, this.bucketsOf(symbol, rows, rollup, isTouched), rollup, sink);
        }
        rollup.touched[symbol] = 0;
      }
      for (const row of rows) builder.touched[row] = 0;
    }
  }

  /** The forming bars of one symbol and timeframe as they stand, whether or not they changed; in time order. */
  peekForming(symbolIndex: number, timeframe: Timeframe, sink: (forming: FormingBar) => void): void {
    const rows = this.openRows(symbolIndex).filter((row) => this.builder.rows.priced[row] === 1);
    const rollup = this.rollups.find((candidate) => candidate.timeframe === timeframe);
    if (rollup)
      this.sampleBuckets(symbolIndex, this.bucketsOf(symbolIndex, rows, rollup, true), rollup, sink);
    else for (const row of rows) this.sampleMinute(symbolIndex, row, sink);
  }

  private touchedRows(symbol: number): number[] {
    const { builder } = this;
    const rows: number[] = [];
    const first = symbol * builder.slotsPerSymbol;
    for (let row = first; row < first + builder.slotsPerSymbol; row++) {
      if (builder.touched[row] === 1 && builder.rows.priced[row] === 1) rows.push(row);
    }
    if (rows.length < 2) return rows;
    return rows.sort((a, b) => (builder.minuteOfRow[a] as number) - (builder.minuteOfRow[b] as number));
  }

  private sampleMinute(symbol: number, row: number, sink: (forming: FormingBar) => void): void {
    const barStartMs = (this.builder.minuteOfRow[row] as number) * MINUTE_MS;
    this.sample(this.builder.rows, row, { symbolIndex: symbol, timeframe: BASE_TIMEFRAME, barStartMs }, sink);
  }

  /** Starts of the buckets that these open minutes lie in and, where `withHeld`, of the one that finished minutes went into. */
  private bucketsOf(
    symbol: number,
    minuteRows: readonly number[],
    rollup: Rollup,
    withHeld: boolean,
  ): ReadonlySet<EpochMs> {
    const heldMs = rollup.bucketStartMs[symbol] as number;
    const starts = new Set<EpochMs>(withHeld && !Number.isNaN(heldMs) ? [heldMs] : []);
    for (const row of minuteRows) {
      starts.add(rollup.bucketOf(symbol, (this.builder.minuteOfRow[row] as number) * MINUTE_MS));
    }
    return starts;
  }

  private sampleBuckets(
    symbol: number,
    bucketStarts: ReadonlySet<EpochMs>,
    rollup: Rollup,
    sink: (forming: FormingBar) => void,
  ): void {
    const { builder, scratch } = this;
    for (const barStartMs of bucketStarts) {
      scratch.reset(0);
      if (rollup.bucketStartMs[symbol] === barStartMs) scratch.add(0, rollup.rows, symbol);
      for (const row of this.openRows(symbol)) {
        const minuteStartMs = (builder.minuteOfRow[row] as number) * MINUTE_MS;
        if (rollup.bucketOf(symbol, minuteStartMs) === barStartMs && builder.rows.priced[row] === 1) {
          scratch.add(0, builder.rows, row);
        }
      }
      this.sample(scratch, 0, { symbolIndex: symbol, timeframe: rollup.timeframe, barStartMs }, sink);
    }
  }

  private openRows(symbol: number): number[] {
    const { builder } = this;
    const first = symbol * builder.slotsPerSymbol;
    const rows = Array.from({ length: builder.slotsPerSymbol }, (_, slot) => first + slot);
    return rows
      .filter((row) => (builder.minuteOfRow[row] as number) >= 0)
      .sort((a, b) => (builder.minuteOfRow[a] as number) - (builder.minuteOfRow[b] as number));
  }

  private sample(
    columns: OhlcvColumns,
    row: number,
    { symbolIndex, timeframe, barStartMs }: Pick<FormingBar, 'symbolIndex' | 'timeframe' | 'barStartMs'>,
    sink: (forming: FormingBar) => void,
  ): void {
    sink({
      symbolIndex,
      timeframe,
      barStartMs,
      ohlcv: {
        o: columns.open[row] as number,
        h: columns.high[row] as number,
        l: columns.low[row] as number,
        c: columns.close[row] as number,
        v: roundVolume(columns.volume[row] as number),
      },
      tsMs: this.builder.lastTsMs[symbolIndex] as number,
    });
  }

  /** Finalizes every bar that ends at or before `throughMs`, in the total order. */
  private closeDue(throughMs: EpochMs): void {
    for (let endMs = this.earliestOpenEndMs(); endMs <= throughMs; endMs = this.earliestOpenEndMs()) {
      if (endMs === Infinity) break;
      this.closeAt(endMs);
    }
    this.builder.setDeadline(this.earliestOpenEndMs() + this.options.graceMs);
  }

  private closeAt(endMs: EpochMs): void {
    const { builder, rollups } = this;
    const { onClosed } = this.options;
    builder.closeMinute(endMs, (row, symbolIndex, minuteStartMs) => {
      emitRow(
        builder.rows,
        row,
        { symbolIndex, timeframe: BASE_TIMEFRAME, barStartMs: minuteStartMs },
        onClosed,
      );
      const isUnshown = builder.touched[row] === 1;
      for (const rollup of rollups) {
        rollup.fold(symbolIndex, minuteStartMs, builder.rows, row);
        if (isUnshown) rollup.touched[symbolIndex] = 1;
      }
    });
    for (const rollup of rollups) {
      rollup.closeThrough(endMs, (symbolIndex, barStartMs) => {
        emitRow(rollup.rows, symbolIndex, { symbolIndex, timeframe: rollup.timeframe, barStartMs }, onClosed);
      });
    }
  }

  private earliestOpenEndMs(): EpochMs {
    let earliest = this.builder.earliestOpenEndMs();
    for (const rollup of this.rollups) earliest = Math.min(earliest, rollup.earliestOpenEndMs());
    return earliest;
  }
}

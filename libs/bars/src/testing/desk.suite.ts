import { BarPipeline, type FormingBar } from '../bar-pipeline.js';
import type { ClosedBar } from '../closed-bar.js';
import { utcDayStart, type DayStart } from '../seq.js';
import { TIMEFRAMES, type Timeframe } from '../timeframe.js';
import type { Trade } from '../trade-batch.js';
import { at, batchOf } from './trades.suite.js';

/** A pipeline with its output written down, for scenarios that read like a log. */
export class Desk {
  readonly closed: ClosedBar[] = [];
  readonly pipeline: BarPipeline;

  constructor({
    graceMs = 1_000,
    dayStarts = [utcDayStart],
  }: { graceMs?: number; dayStarts?: readonly DayStart[] } = {}) {
    this.pipeline = new BarPipeline({ graceMs, dayStarts, onClosed: (bar) => this.closed.push(bar) });
  }

  take(...trades: Trade[]): this {
    this.pipeline.fold(batchOf(trades));
    return this;
  }

  clock(time: string | number): this {
    this.pipeline.advanceTo(typeof time === 'string' ? at(time) : time);
    return this;
  }

  finish(): this {
    this.pipeline.finish();
    return this;
  }

  /** Finalized bars of one timeframe as lines, in the order they came: `A 14:30 o10 h11 l9 c10.5 v300 n3`. */
  bars(timeframe: Timeframe = '1m'): string[] {
    return this.closed.filter((bar) => bar.timeframe === timeframe).map(barLine);
  }

  /** The forming bars that changed since the last call, in the order they came: `A 1m 14:30 o10 h11 l9 c10.5 v300`. */
  forming(...timeframes: Timeframe[]): string[] {
    return this.takeForming(timeframes.length > 0 ? timeframes : TIMEFRAMES).map(formingLine);
  }

  takeForming(timeframes: readonly Timeframe[]): FormingBar[] {
    const forming: FormingBar[] = [];
    this.pipeline.takeForming(new Set(timeframes), (bar) => forming.push(bar));
    return forming;
  }
}

/** Day starts of `count` symbols that all follow UTC days. */
export function utcSymbols(count: number): DayStart[] {
  return Array.from({ length: count }, () => utcDayStart);
}

/** What is said of a bar's place in the order: `A 5m 14:30`. */
export function placeOf({ symbolIndex, timeframe, barStartMs }: ClosedBar | FormingBar): string {
  return `${letter(symbolIndex)} ${timeframe} ${clockText(barStartMs)}`;
}

function barLine({ symbolIndex, barStartMs, o, h, l, c, v, n }: ClosedBar): string {
  return `${letter(symbolIndex)} ${clockText(barStartMs)} o${o} h${h} l${l} c${c} v${v} n${n}`;
}

function formingLine(forming: FormingBar): string {
  const { o, h, l, c, v } = forming.ohlcv;
  return `${placeOf(forming)} o${o} h${h} l${l} c${c} v${v}`;
}

function letter(symbolIndex: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + symbolIndex);
}

function clockText(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}

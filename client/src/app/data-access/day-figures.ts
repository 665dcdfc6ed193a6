import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import { mergeBySeq, timeframeMs, type Bar, type Timeframe } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
import { HistoryClient } from './history-client';
import { MarketStore } from './market-store';
import { figureOf, type DayFigure } from './day-figure';

const TIMEFRAME: Timeframe = '15m';
/** A trading day has at most 96 such bars: the day, and a week to compare its volume with. */
const BARS = 600;
const REFRESH_MS = 60_000;
/** In a replay a minute may pass in no time. */
const REPLAY_REFRESH_MS = 3_000;
/** Symbols asked about at a time: a browser keeps six connections to one server, and the stream needs one. */
const AT_ONCE = 3;

/**
 * Day figures of every symbol on the desk. Read after the first chart is there, then what came since, once a minute, in a
 * replay every few seconds. A symbol that joins the desk is read when it does; another market is read anew.
 */
@Injectable({ providedIn: 'root' })
export class DayFigures {
  private readonly store = inject(MarketStore);
  private readonly history = inject(HistoryClient);
  private readonly figures = signal<ReadonlyMap<string, DayFigure>>(new Map());
  /** Ascending by seq, at most {@link BARS} of each. */
  private bars = new Map<string, readonly Bar[]>();
  /** What is being read; an answer to anything earlier is of another market. */
  private reading: object | null = null;

  readonly all = this.figures.asReadonly();

  constructor() {
    effect(() => {
      this.store.startedOver();
      this.bars = new Map();
      this.figures.set(new Map());
      this.reading = null;
    });
    effect(() => {
      if (this.store.settled() === 0 || this.store.streamed().length === 0) return;
      untracked(() => void this.refresh((symbol) => !this.bars.has(symbol)));
    });
    setInterval(() => {
      if (!this.isReplay()) void this.refresh(() => true);
    }, REFRESH_MS);
    setInterval(() => {
      if (this.isReplay()) void this.refresh(() => true);
    }, REPLAY_REFRESH_MS);
  }

  private isReplay(): boolean {
    return this.store.origin().replay !== undefined;
  }

  private async refresh(isWanted: (symbol: string) => boolean): Promise<void> {
    if (this.reading !== null || document.visibilityState === 'hidden') return;
    const reading = {};
    this.reading = reading;
    try {
      const wanted = this.store.streamed().filter(({ symbol }) => isWanted(symbol));
      for (let at = 0; at < wanted.length && this.reading === reading; at += AT_ONCE) {
        const read = await Promise.all(wanted.slice(at, at + AT_ONCE).map((info) => this.read(info)));
        this.figures.update((figures) => new Map([...figures, ...read.flat()]));
      }
    } catch {
      // The line is gone; the stream tells, and the next round tries again.
    } finally {
      if (this.reading === reading) this.reading = null;
    }
  }

  /** None where there is no bar yet. */
  private async read({ symbol, calendar }: SymbolInfo): Promise<[string, DayFigure][]> {
    const { bars: all } = this;
    const known = all.get(symbol) ?? [];
    // The newest bar is asked for again: it may have been corrected.
    const sinceSeq = known.at(-2)?.seq;
    const since = sinceSeq === undefined ? {} : { sinceSeq };
    const origin = this.store.origin();
    const read = await this.history.bars({ symbol, timeframe: TIMEFRAME, limit: BARS, ...since, ...origin });
    const bars = mergeBySeq(known, read).slice(-BARS);
    all.set(symbol, bars);
    // Another market began meanwhile.
    if (all !== this.bars) return [];
    const day = figureOf(bars, calendar, timeframeMs(TIMEFRAME));
    return day === null ? [] : [[symbol, day]];
  }
}

import { computed, inject, Injectable, signal } from '@angular/core';
import type { Bar, Microbar, Timeframe } from '@libs/bars';
import type { BootstrapEvent, EpochEvent, StatusEvent, SymbolInfo } from '@libs/contract';
import { HistoryClient } from './history-client';
import { INITIAL_BARS } from './history-url';
import { MarketStream, type StreamHandler } from './market-stream';
import { firstSelection, rememberSelection, type Selection } from './selection';
import { applyBar, applyHistory, applyMicrobar, EMPTY_SERIES, lastSeqOf, type Series } from './series';
import type { SeriesChange, SeriesListener } from './series-change';

/** Bars fetched at a time when the reader scrolls back or a gap is filled. */
const PAGE = 1_000;
/** Series kept ready for switching back; the one unused for longest goes first. */
const CACHED_SERIES = 12;

/** What went wrong with the series in view, and whether it is being read. */
export interface SeriesState {
  readonly isLoading: boolean;
  readonly error: string | null;
}

/**
 * What the desk knows of the market: the symbols, the series in view and those beside it, newest prices, the feed's
 * state. The stream writes into it; components read signals, and a chart follows the changes of the series in view.
 */
@Injectable({ providedIn: 'root' })
export class MarketStore implements StreamHandler {
  private readonly history = inject(HistoryClient);
  private readonly stream = inject(MarketStream);
  private readonly cache = new Map<string, Series>();
  /** Series whose bars are on their way, with what to do again once they are here. */
  private readonly catchingUp = new Set<string>();
  private readonly listeners = new Set<SeriesListener>();
  private readonly selected = signal<Selection>(firstSelection() ?? { symbol: '', timeframe: '1m' });
  private readonly symbolList = signal<readonly SymbolInfo[]>([]);
  private readonly seriesSignal = signal<Series>(EMPTY_SERIES);
  private readonly stateSignal = signal<SeriesState>({ isLoading: true, error: null });
  private readonly feedStatus = signal<StatusEvent | null>(null);
  private readonly lastPrices = signal<ReadonlyMap<string, LastPrice>>(new Map());
  private readonly seeds = signal(0);
  private epochId: string | null = null;
  private loading: AbortController | null = null;
  private loadingOlder = false;
  private pendingPrices = new Map<string, LastPrice>();
  private priceFrame: number | null = null;

  readonly selection = this.selected.asReadonly();
  readonly symbols = this.symbolList.asReadonly();
  readonly symbol = computed(() => this.symbolList().find(({ symbol }) => symbol === this.selected().symbol));
  readonly series = this.seriesSignal.asReadonly();
  readonly state = this.stateSignal.asReadonly();
  readonly status = this.feedStatus.asReadonly();
  readonly prices = this.lastPrices.asReadonly();
  /** Rises when the series in view was seeded or filled up: the moment to check that it is complete. */
  readonly settled = this.seeds.asReadonly();

  /** Reads the first chart, then the symbols, then opens the stream. */
  async start(): Promise<void> {
    const first = this.selected();
    if (first.symbol !== '') rememberSelection(first);
    await Promise.all([first.symbol === '' ? undefined : this.catchUp(first), this.readSymbols()]);
    this.openStream();
  }

  /** Calls back with every change of the series in view, the present one first. Returns what ends it. */
  follow(listener: SeriesListener): () => void {
    this.listeners.add(listener);
    listener({ kind: 'seed', selection: this.selected(), series: this.seriesSignal() });
    return () => this.listeners.delete(listener);
  }

  /** Shows another symbol or timeframe: at once what is at hand, then what it misses, with one request at most. */
  show(selection: Selection): void {
    const before = this.selected();
    this.selected.set(selection);
    rememberSelection(selection);
    const known = this.cache.get(keyOf(selection)) ?? EMPTY_SERIES;
    this.touch(selection, known);
    this.emit({ kind: 'seed', selection, series: known });
    const caughtUp = this.catchUp(selection);
    // The stream follows the bars: it is asked to go on where they end, so that no second request is needed.
    if (selection.timeframe !== before.timeframe) void caughtUp.then(() => this.openStream());
  }

  /** Reads the page of bars before the oldest one at hand. */
  async loadOlder(): Promise<void> {
    const selection = this.selected();
    const series = this.seriesSignal();
    const oldest = series.bars[0];
    if (this.loadingOlder || oldest === undefined || series.hasOldest) return;
    this.loadingOlder = true;
    try {
      const older = await this.history.bars({ ...selection, limit: PAGE, before: oldest.seq });
      const current = this.cache.get(keyOf(selection));
      if (current === undefined) return;
      const merged = { ...applyHistory(current, older), hasOldest: older.length < PAGE };
      this.cache.set(keyOf(selection), merged);
      if (this.isInView(selection)) this.emit({ kind: 'older', series: merged, added: older.length });
    } catch {
      // Back-scroll is asked for again with the next movement; nothing that is shown depends on it.
    } finally {
      this.loadingOlder = false;
    }
  }

  /** Tries again after an error. */
  retry(): void {
    void this.start();
  }

  onBootstrap({ epoch, resume }: BootstrapEvent): void {
    const isOtherEpoch = this.epochId !== null && this.epochId !== epoch.id;
    this.epochId = epoch.id;
    if (isOtherEpoch || resume.verdict === 'reset') {
      this.startOver();
      return;
    }
    // A fresh cursor says nothing of what happened since the bars at hand; neither does a partial one.
    if (resume.verdict === 'exact') this.settle();
    else void this.catchUp(this.selected());
  }

  onEpoch({ id }: EpochEvent): void {
    if (id === this.epochId) return;
    this.epochId = id;
    this.startOver();
  }

  onBar(bar: Bar): void {
    this.notePrice(bar.symbol, { price: bar.ohlcv.c, tsMs: bar.bar_end });
    const key = keyOf(bar);
    const series = this.cache.get(key);
    // A series on its way is merged when it arrives, and asks for what it misses then.
    if (series === undefined || series.bars.length === 0) return;
    const outcome = applyBar(series, bar);
    if (outcome.kind === 'gap') void this.catchUp(bar);
    if (outcome.kind !== 'applied') return;
    this.cache.set(key, outcome.series);
    if (this.isInView(bar)) this.emit({ kind: 'bars', series: outcome.series, bars: [bar] });
  }

  onMicrobar(microbar: Microbar): void {
    this.notePrice(microbar.symbol, { price: microbar.ohlcv.c, tsMs: microbar.ts });
    const key = keyOf(microbar);
    const series = this.cache.get(key);
    if (series === undefined) return;
    const next = applyMicrobar(series, microbar);
    if (next === series) return;
    this.cache.set(key, next);
    if (this.isInView(microbar)) this.emit({ kind: 'forming', series: next });
  }

  onStatus(status: StatusEvent): void {
    this.feedStatus.set(status);
  }

  private async readSymbols(): Promise<void> {
    try {
      const symbols = await this.history.symbols();
      this.symbolList.set(symbols);
      const { symbol, timeframe } = this.selected();
      const first = symbols[0];
      // The last visit may have been to another feed.
      if (first !== undefined && !symbols.some((known) => known.symbol === symbol)) {
        this.show({ symbol: first.symbol, timeframe });
      }
    } catch (error) {
      this.stateSignal.set({ isLoading: false, error: messageOf(error) });
    }
  }

  private openStream(): void {
    const symbols = this.symbolList().map(({ symbol }) => symbol);
    const sinceSeq = lastSeqOf(this.seriesSignal());
    const { timeframe } = this.selected();
    if (symbols.length > 0) this.stream.open({ symbols, timeframe, sinceSeq }, this);
  }

  /** Brings a series up to now: all of it when nothing is at hand, else what came since. One request a series at a time. */
  private async catchUp(selection: Selection): Promise<void> {
    const { symbol, timeframe } = selection;
    const key = keyOf(selection);
    if (this.catchingUp.has(key)) return;
    this.catchingUp.add(key);
    const isInView = this.isInView(selection);
    if (isInView) {
      this.loading?.abort();
      this.loading = new AbortController();
      this.stateSignal.set({ isLoading: true, error: null });
    }
    try {
      await this.fill({ symbol, timeframe }, isInView ? this.loading?.signal : undefined);
      if (this.isInView(selection)) {
        this.stateSignal.set({ isLoading: false, error: null });
        this.settle();
      }
    } catch (error) {
      const isAborted = error instanceof DOMException && error.name === 'AbortError';
      if (this.isInView(selection) && !isAborted) {
        this.stateSignal.set({ isLoading: false, error: messageOf(error) });
      }
    } finally {
      this.catchingUp.delete(key);
    }
  }

  private async fill(selection: Selection, signal: AbortSignal | undefined): Promise<void> {
    const key = keyOf(selection);
    const sinceSeq = lastSeqOf(this.cache.get(key) ?? EMPTY_SERIES);
    const isSeed = sinceSeq === null;
    const bars = await this.history.bars(
      { ...selection, limit: isSeed ? INITIAL_BARS : PAGE, ...(isSeed ? {} : { sinceSeq }) },
      signal,
    );
    if (!isSeed && bars.length === PAGE) {
      // More was missed than one page holds: what is at hand no longer joins up, so it is read anew from its end.
      this.cache.set(key, EMPTY_SERIES);
      await this.fill(selection, signal);
      return;
    }
    const current = this.cache.get(key) ?? EMPTY_SERIES;
    const merged = applyHistory(current, bars);
    const series = isSeed ? { ...merged, hasOldest: bars.length < INITIAL_BARS } : merged;
    this.touch(selection, series);
    const newest = series.bars.at(-1);
    if (newest !== undefined && !this.lastPrices().has(selection.symbol)) {
      this.notePrice(selection.symbol, { price: newest.ohlcv.c, tsMs: newest.bar_end });
    }
    if (!this.isInView(selection)) return;
    this.emit(isSeed ? { kind: 'seed', selection, series } : { kind: 'bars', series, bars });
  }

  private startOver(): void {
    this.cache.clear();
    this.emit({ kind: 'seed', selection: this.selected(), series: EMPTY_SERIES });
    this.catchingUp.delete(keyOf(this.selected()));
    void this.catchUp(this.selected());
  }

  private touch(selection: Selection, series: Series): void {
    const key = keyOf(selection);
    this.cache.delete(key);
    this.cache.set(key, series);
    for (const oldest of this.cache.keys()) {
      if (this.cache.size <= CACHED_SERIES) break;
      this.cache.delete(oldest);
    }
  }

  private emit(change: SeriesChange): void {
    this.seriesSignal.set(change.series);
    for (const listener of this.listeners) listener(change);
  }

  private settle(): void {
    this.seeds.update((count) => count + 1);
  }

  private isInView({ symbol, timeframe }: { symbol: string; timeframe: Timeframe }): boolean {
    const selection = this.selected();
    return selection.symbol === symbol && selection.timeframe === timeframe;
  }

  /** Prices reach the signal once a frame, however many come. */
  private notePrice(symbol: string, price: LastPrice): void {
    this.pendingPrices.set(symbol, price);
    this.priceFrame ??= requestAnimationFrame(() => {
      this.priceFrame = null;
      const pending = this.pendingPrices;
      this.pendingPrices = new Map();
      this.lastPrices.update((prices) => new Map([...prices, ...pending]));
    });
  }
}

/** Newest price of a symbol and the exchange time it is from. */
export interface LastPrice {
  readonly price: number;
  readonly tsMs: number;
}

function keyOf({ symbol, timeframe }: { symbol: string; timeframe: Timeframe }): string {
  return `${symbol}|${timeframe}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

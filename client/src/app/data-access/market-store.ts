import { computed, inject, Injectable, signal } from '@angular/core';
import type { Bar, Microbar } from '@libs/bars';
import type { AlertEvent, BootstrapEvent, EpochEvent, StatusEvent, SymbolInfo } from '@libs/contract';
import { wordsOfFailure } from './api-request';
import { HistoryClient } from './history-client';
import type { Origin } from './history-url';
import { MarketStream, type StreamHandler } from './market-stream';
import { PriceBoard } from './price-board';
import { firstSelection, isSameSelection, rememberSelection, type Selection } from './selection';
import { EMPTY_SERIES, lastSeqOf } from './series';
import { SeriesBook } from './series-book';
import { SignalStore } from './signal-store';
import { streamedOf } from './streamed-symbols';
import type { SeriesChange, SeriesInView, SeriesListener } from './series-change';

/** The old picture stays this long while another one is read; then the chart says what it reads. */
const PATIENCE_MS = 300;

/** A replay the desk shows instead of the live market. */
export interface ShownReplay {
  readonly id: string;
  readonly symbols: readonly string[];
}

/** Whether the series in view is being read, and what went wrong with it. */
export interface ReadingState {
  readonly isLoading: boolean;
  readonly error: string | null;
}

/**
 * What the desk knows of the market: the symbols, the series in view, the feed's state. The stream writes into it;
 * components read signals, and a chart follows the changes of the series in view.
 */
@Injectable({ providedIn: 'root' })
export class MarketStore implements StreamHandler {
  private readonly history = inject(HistoryClient);
  private readonly stream = inject(MarketStream);
  private readonly board = inject(PriceBoard);
  private readonly signals = inject(SignalStore);
  private readonly listeners = new Set<SeriesListener>();
  private readonly selected = signal<Selection>(firstSelection() ?? { symbol: '', timeframe: '1m' });
  private readonly view = signal<SeriesInView>({ selection: this.selected(), series: EMPTY_SERIES });
  private readonly symbolList = signal<readonly SymbolInfo[]>([]);
  private readonly streamedList = signal<readonly SymbolInfo[]>([]);
  private readonly reading = signal<ReadingState>({ isLoading: true, error: null });
  private readonly feedStatus = signal<StatusEvent | null>(null);
  private readonly settlements = signal(0);
  private readonly startings = signal(0);
  private readonly replayed = signal<ShownReplay | null>(null);
  private readonly lag = signal<number | null>(null);
  private requests = 0;
  private readonly book = new SeriesBook(
    {
      bars: (request, signal) => {
        this.requests++;
        return this.history.bars({ ...request, ...this.origin() }, signal);
      },
    },
    (selection) => this.isSelected(selection),
    (change) => this.onChange(change),
  );
  private epochId: string | null = null;
  /** What comes before other symbols where one stream cannot carry them all. */
  private watched: readonly string[] = [];
  private streamedKey = '';
  /** What the local clock is behind the server's. */
  private clockSkewMs = 0;
  private patience: ReturnType<typeof setTimeout> | undefined;

  /** What the user asked for; `inView` follows as soon as its bars are there. */
  readonly selection = this.selected.asReadonly();
  readonly inView = this.view.asReadonly();
  readonly bars = computed(() => this.view().series.bars);
  readonly forming = computed(() => this.view().series.forming);
  /** The newest bar of the series in view, forming or finalized. */
  readonly lastBar = computed(() => this.forming() ?? this.bars().at(-1) ?? null);
  readonly symbols = computed(() => {
    const replay = this.replayed();
    return this.symbolList().filter(({ symbol }) => replay === null || replay.symbols.includes(symbol));
  });
  /** Those among them that the stream brings. */
  readonly streamed = this.streamedList.asReadonly();
  /** Where everything shown is from, for requests of history. */
  readonly origin = computed<Origin>(() => {
    const replay = this.replayed();
    return replay === null ? {} : { replay: replay.id };
  });
  /** The selected symbol, once the symbols are known. */
  readonly symbol = computed(() => this.symbolList().find(({ symbol }) => symbol === this.selected().symbol));
  readonly readingState = this.reading.asReadonly();
  readonly status = this.feedStatus.asReadonly();
  /** Rises when the series in view was seeded or filled up: the moment to check that it is complete. */
  readonly settled = this.settlements.asReadonly();
  /** Rises when nothing known before holds any more: another epoch, a replay, a replay set back. */
  readonly startedOver = this.startings.asReadonly();
  /** How far the newest trade was behind when it arrived, `null` before the first one. */
  readonly lagMs = this.lag.asReadonly();

  /** Requests for the bars of charts sent so far. */
  get requestCount(): number {
    return this.requests;
  }

  /** Reads the first chart and the symbols, then opens the stream. */
  async start(): Promise<void> {
    const first = this.selected();
    if (first.symbol !== '') rememberSelection(first);
    await Promise.all([first.symbol === '' ? undefined : this.catchUp(), this.readSymbols()]);
    this.openStream();
  }

  /** Calls back with every change of the series in view, the present one first. Returns what ends it. */
  follow(listener: SeriesListener): () => void {
    this.listeners.add(listener);
    listener({ kind: 'seed', ...this.view() });
    return () => this.listeners.delete(listener);
  }

  /** Shows another symbol or timeframe: at once what is at hand, then what it misses, with one request at most. */
  show(selection: Selection): void {
    const { symbol, timeframe } = this.selected();
    if (symbol === selection.symbol && timeframe === selection.timeframe) return;
    if (this.replayed()?.symbols.includes(selection.symbol) === false) return;
    this.selected.set(selection);
    rememberSelection(selection);
    this.book.stopReadingAllBut(selection);
    this.book.touch(selection);
    this.showWhatIsAtHand();
    const caughtUp = this.catchUp();
    if (selection.timeframe === timeframe) this.followStreamed();
    // The stream follows the bars: it is asked to go on where they end, so that no second request is needed.
    if (selection.timeframe !== timeframe) {
      void caughtUp.then(() => {
        if (this.isSelected(selection)) this.openStream();
      });
    }
  }

  /** Shows a replay instead of the live market, or with `null` the live market again. Nothing of one is left in the other. */
  showReplay(replay: ShownReplay | null): void {
    this.stream.close();
    this.replayed.set(replay);
    this.signals.showReplay(replay?.id ?? null);
    this.epochId = null;
    this.feedStatus.set(null);
    this.lag.set(null);
    const { symbol, timeframe } = this.selected();
    const first = replay?.symbols[0];
    if (first !== undefined && !replay?.symbols.includes(symbol)) {
      this.selected.set({ symbol: first, timeframe });
      rememberSelection(this.selected());
    }
    void this.startOver().then(() => {
      if (this.replayed() === replay) this.openStream();
    });
  }

  /** Reads the page of bars before the oldest one at hand. */
  loadOlder(): void {
    // Asked for again with the next movement of the chart; nothing that is shown depends on it.
    this.book.loadOlder(this.view().selection).catch(() => undefined);
  }

  /** Tries again after an error. */
  retry(): void {
    void this.start();
  }

  onBootstrap({ epoch, resume, server_time }: BootstrapEvent): void {
    this.clockSkewMs = server_time - Date.now();
    const isOtherEpoch = this.epochId !== null && this.epochId !== epoch.id;
    this.epochId = epoch.id;
    // A line that goes on with a cursor brings what was missed; every other one begins with the record.
    void this.signals.refresh();
    if (isOtherEpoch || resume.verdict === 'reset') void this.startOver();
    else if (resume.verdict === 'exact') this.goOn();
    else {
      // Only history knows what came after the bars at hand; an answer asked for earlier may not know it either.
      this.book.stopReading(this.selected());
      void this.catchUp();
    }
  }

  /** All that was missed follows, provided that there is something for it to follow on. */
  private goOn(): void {
    if (this.book.isReading(this.selected())) return;
    const isWhole = this.book.get(this.selected()).bars.length > 0 && this.reading().error === null;
    if (isWhole) this.settle();
    else void this.catchUp();
  }

  onEpoch({ id }: EpochEvent): void {
    if (id === this.epochId) return;
    this.epochId = id;
    this.signals.startOver();
    void this.startOver();
  }

  onBar(bar: Bar): void {
    this.board.note(bar.symbol, { price: bar.ohlcv.c, tsMs: bar.bar_end });
    this.book.onBar(bar);
  }

  onAlert(alert: AlertEvent): void {
    this.signals.onAlert(alert);
  }

  onMicrobar(microbar: Microbar): void {
    this.board.note(microbar.symbol, { price: microbar.ohlcv.c, tsMs: microbar.ts });
    if (microbar.symbol === this.selected().symbol) {
      this.lag.set(Math.max(0, Date.now() + this.clockSkewMs - microbar.ts));
    }
    this.book.onMicrobar(microbar);
  }

  onStatus(status: StatusEvent): void {
    this.feedStatus.set(status);
  }

  /** Keeps these symbols on the stream before any others. */
  watch(symbols: readonly string[]): void {
    this.watched = symbols;
    this.followStreamed();
  }

  /** Reads again what is followed, after somebody wished for more or less. */
  async refreshSymbols(): Promise<void> {
    await this.readSymbols();
    this.followStreamed();
  }

  /** Opens the stream anew where it does not carry what it should. */
  private followStreamed(): void {
    this.pickStreamed();
    const isOpen = this.streamedKey !== '';
    if (isOpen && keyOf(this.streamed()) !== this.streamedKey) this.openStream();
  }

  private pickStreamed(): void {
    const wanted = [this.selected().symbol, ...this.watched];
    this.streamedList.set(streamedOf(this.symbols(), wanted));
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
      this.reading.set({ isLoading: false, error: wordsOfFailure(error) });
    }
  }

  private openStream(): void {
    this.pickStreamed();
    this.streamedKey = keyOf(this.streamed());
    const symbols = this.streamed().map(({ symbol }) => symbol);
    const selection = this.selected();
    const sinceSeq = lastSeqOf(this.book.get(selection));
    if (symbols.length === 0) return;
    this.stream.open({ symbols, timeframe: selection.timeframe, sinceSeq, ...this.origin() }, this);
  }

  /** Brings the selected series up to now. Never rejects: what went wrong is told by `readingState`. */
  private async catchUp(): Promise<void> {
    const selection = this.selected();
    this.reading.set({ isLoading: true, error: null });
    try {
      await this.book.catchUp(selection);
      if (!this.isSelected(selection)) return;
      this.endReading(null);
      this.settle();
    } catch (error) {
      const isGivenUp = error instanceof Error && error.name === 'AbortError';
      if (this.isSelected(selection) && !isGivenUp) this.endReading(wordsOfFailure(error));
    }
  }

  private endReading(error: string | null): void {
    this.reading.set({ isLoading: false, error });
    this.showSelected();
  }

  /** Bars that are known are shown at once; otherwise the old picture stays for a moment. */
  private showWhatIsAtHand(): void {
    clearTimeout(this.patience);
    if (this.book.get(this.selected()).bars.length > 0) this.showSelected();
    else this.patience = setTimeout(() => this.showSelected(), PATIENCE_MS);
  }

  private showSelected(): void {
    clearTimeout(this.patience);
    const selection = this.selected();
    if (isSameSelection(this.view().selection, selection)) return;
    this.emit({ kind: 'seed', selection, series: this.book.get(selection) });
  }

  private startOver(): Promise<void> {
    this.book.clear();
    this.board.clear();
    this.startings.update((count) => count + 1);
    this.emit({ kind: 'seed', selection: this.selected(), series: EMPTY_SERIES });
    return this.catchUp();
  }

  /** A change of any series. The one asked for takes the view with its first bars. */
  private onChange(change: SeriesChange): void {
    if (!this.isSelected(change.selection)) return;
    const newest = change.series.bars.at(-1);
    if (newest !== undefined) {
      this.board.note(newest.symbol, { price: newest.ohlcv.c, tsMs: newest.bar_end });
    }
    if (isSameSelection(this.view().selection, change.selection)) this.emit(change);
    else if (change.kind === 'seed') this.showSelected();
  }

  private emit(change: SeriesChange): void {
    const { selection, series } = change;
    this.view.set({ selection, series });
    for (const listener of this.listeners) listener(change);
  }

  private settle(): void {
    this.settlements.update((count) => count + 1);
  }

  private isSelected(selection: Selection): boolean {
    return isSameSelection(this.selected(), selection);
  }
}

function keyOf(symbols: readonly SymbolInfo[]): string {
  return symbols.map(({ symbol }) => symbol).join();
}

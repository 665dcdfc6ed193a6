import { computed, signal } from '@angular/core';
import { wordsOfFailure } from './api-request';
import { isSameSelection, type Selection } from './selection';
import { EMPTY_SERIES } from './series';
import type { SeriesBook } from './series-book';
import type { SeriesChange, SeriesInView, SeriesListener } from './series-change';

/** The old picture stays this long while another one is read; then the chart says what it reads. */
const PATIENCE_MS = 300;

/** Whether the series in view is being read, and what went wrong with it. */
export interface ReadingState {
  readonly isLoading: boolean;
  readonly error: string | null;
}

/**
 * What one chart shows: the series asked for, and the one in view until its bars are there. The bars themselves are in the
 * book that all charts share.
 */
export class ChartSeries {
  private readonly listeners = new Set<SeriesListener>();
  private readonly selected = signal<Selection>({ symbol: '', timeframe: '1m' });
  private readonly view = signal<SeriesInView>({ selection: this.selected(), series: EMPTY_SERIES });
  private readonly reading = signal<ReadingState>({ isLoading: true, error: null });
  private patience: ReturnType<typeof setTimeout> | undefined;

  /** What the user asked for; `inView` follows as soon as its bars are there. */
  readonly selection = this.selected.asReadonly();
  readonly inView = this.view.asReadonly();
  readonly readingState = this.reading.asReadonly();
  readonly bars = computed(() => this.view().series.bars);
  readonly forming = computed(() => this.view().series.forming);
  /** The newest bar of the series in view, forming or finalized. */
  readonly lastBar = computed(() => this.forming() ?? this.bars().at(-1) ?? null);

  /** `onSettled` hears when the series was seeded or filled up: the moment to check that it is complete. */
  constructor(
    private readonly book: SeriesBook,
    first: Selection,
    private readonly onSettled: (chart: ChartSeries) => void,
  ) {
    this.selected.set(first);
    this.view.set({ selection: first, series: EMPTY_SERIES });
  }

  /** Calls back with every change of the series in view, the present one first. Returns what ends it. */
  follow(listener: SeriesListener): () => void {
    this.listeners.add(listener);
    listener({ kind: 'seed', ...this.view() });
    return () => this.listeners.delete(listener);
  }

  isOf(selection: Selection): boolean {
    return isSameSelection(this.selected(), selection);
  }

  /** Asks for another series: shows what is at hand, where nothing is the old picture for a moment. */
  choose(selection: Selection): void {
    this.selected.set(selection);
    clearTimeout(this.patience);
    if (this.book.get(selection).bars.length > 0) this.showSelected();
    else this.patience = setTimeout(() => this.showSelected(), PATIENCE_MS);
  }

  /** Shows what is at hand by now, after nobody looked for a while. */
  refresh(): void {
    this.emit({ kind: 'seed', selection: this.selected(), series: this.book.get(this.selected()) });
  }

  /** Brings the series up to now. Never rejects: what went wrong is told by `readingState`. */
  async catchUp(): Promise<void> {
    const selection = this.selected();
    this.reading.set({ isLoading: true, error: null });
    try {
      await this.book.catchUp(selection);
      if (!this.isOf(selection)) return;
      this.endReading(null);
      this.onSettled(this);
    } catch (error) {
      const isGivenUp = error instanceof Error && error.name === 'AbortError';
      if (this.isOf(selection) && !isGivenUp) this.endReading(wordsOfFailure(error));
    }
  }

  /** All that was missed follows, provided that there is something for it to follow on. */
  goOn(): void {
    if (this.book.isReading(this.selected())) return;
    const isWhole = this.book.get(this.selected()).bars.length > 0 && this.reading().error === null;
    if (!isWhole) void this.catchUp();
    else {
      this.endReading(null);
      this.onSettled(this);
    }
  }

  /** Nothing known before holds any more. */
  startOver(): void {
    this.emit({ kind: 'seed', selection: this.selected(), series: EMPTY_SERIES });
  }

  /** Takes a change of any series. The one asked for takes the view with its first bars. */
  take(change: SeriesChange): void {
    if (!this.isOf(change.selection)) return;
    if (isSameSelection(this.view().selection, change.selection)) this.emit(change);
    else if (change.kind === 'seed') this.showSelected();
  }

  /** Reads the page of bars before the oldest one at hand. */
  loadOlder(): void {
    // Asked for again with the next movement of the chart; nothing that is shown depends on it.
    this.book.loadOlder(this.view().selection).catch(() => undefined);
  }

  /** Says why there is nothing to show. */
  fail(error: unknown): void {
    this.reading.set({ isLoading: false, error: wordsOfFailure(error) });
  }

  private endReading(error: string | null): void {
    this.reading.set({ isLoading: false, error });
    this.showSelected();
  }

  private showSelected(): void {
    clearTimeout(this.patience);
    const selection = this.selected();
    if (isSameSelection(this.view().selection, selection)) return;
    this.emit({ kind: 'seed', selection, series: this.book.get(selection) });
  }

  private emit(change: SeriesChange): void {
    const { selection, series } = change;
    this.view.set({ selection, series });
    for (const listener of this.listeners) listener(change);
  }
}

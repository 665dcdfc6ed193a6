import { computed, inject, Injectable, signal } from '@angular/core';
import type { Bar, Microbar, Timeframe } from '@libs/bars';
import type { AlertEvent, BootstrapEvent, EpochEvent, StatusEvent, SymbolInfo } from '@libs/contract';
import { ChartPlaces } from './chart-places';
import { ChartSeries } from './chart-series';
import { HistoryClient } from './history-client';
import type { Origin } from './history-url';
import { MarketStream, type StreamHandler, type StreamTopics } from './market-stream';
import { PriceBoard } from './price-board';
import {
  firstPlace,
  firstSelection,
  isSameSelection,
  PLACES,
  rememberSelection,
  type Selection,
} from './selection';
import { lastSeqOf } from './series';
import { SeriesBook } from './series-book';
import type { SeriesChange } from './series-change';
import { readSettings, type LayoutCount } from './settings';
import { SettingsStore } from './settings-store';
import { SignalStore } from './signal-store';
import { streamedOf } from './streamed-symbols';

/** A replay the desk shows instead of the live market. */
export interface ShownReplay {
  readonly id: string;
  readonly symbols: readonly string[];
}

/**
 * What the desk knows of the market: the symbols, the feed's state, the series of all charts, and which chart is in use. The
 * one stream carries what the charts that are shown need; components read signals, and each chart follows its own series.
 */
@Injectable({ providedIn: 'root' })
export class MarketStore implements StreamHandler {
  private readonly history = inject(HistoryClient);
  private readonly stream = inject(MarketStream);
  private readonly board = inject(PriceBoard);
  private readonly signals = inject(SignalStore);
  private readonly links = computed(() => this.settings.all().links);
  private readonly settings = inject(SettingsStore);
  private readonly symbolList = signal<readonly SymbolInfo[]>([]);
  private readonly streamedList = signal<readonly SymbolInfo[]>([]);
  private readonly feedStatus = signal<StatusEvent | null>(null);
  private readonly settlements = signal(0);
  private readonly startings = signal(0);
  private readonly replayed = signal<ShownReplay | null>(null);
  private readonly singleTicks = signal(false);
  private readonly lag = signal<number | null>(null);
  private requests = 0;
  private readonly book = new SeriesBook(
    {
      bars: (request, signal) => {
        this.requests++;
        return this.history.bars({ ...request, ...this.origin() }, signal);
      },
    },
    (selection) => this.charts().some((chart) => chart.isOf(selection)),
    (change) => this.onChange(change),
  );
  private readonly places = this.firstPlaces();
  private epochId: string | null = null;
  /** What comes before other symbols where one stream cannot carry them all. */
  private watched: readonly string[] = [];
  /** What the stream carries; empty before it is opened. */
  private streamedKey = '';
  /** What the local clock is behind the server's. */
  private clockSkewMs = 0;

  /** The charts that are shown. */
  readonly charts = this.places.shown;
  /** The chart in use. Everything said of "the chart" is said of it. */
  readonly active = this.places.active;
  /** What each place of a layout shows. */
  readonly placed = this.places.selections;
  /** What the user asked for; `inView` follows as soon as its bars are there. */
  readonly selection = computed(() => this.active().selection());
  readonly inView = computed(() => this.active().inView());
  readonly bars = computed(() => this.active().bars());
  readonly forming = computed(() => this.active().forming());
  readonly lastBar = computed(() => this.active().lastBar());
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
  readonly symbol = computed(() => this.infoOf(this.selection().symbol));
  readonly status = this.feedStatus.asReadonly();
  /** Rises when the chart in use was seeded or filled up, or is another one: the moment to check that it is complete. */
  readonly settled = this.settlements.asReadonly();
  /** Rises when nothing known before holds any more: another epoch, a replay, a replay set back. */
  readonly startedOver = this.startings.asReadonly();
  /** Whether the server streams single trades as well. */
  readonly hasTicks = this.singleTicks.asReadonly();
  /** How far the newest trade was behind when it arrived, `null` before the first one. */
  readonly lagMs = this.lag.asReadonly();

  /** Requests for the bars of charts sent so far. */
  get requestCount(): number {
    return this.requests;
  }

  /** Reads the chart in use and the symbols, then opens the stream; other charts follow with it. */
  async start(): Promise<void> {
    const first = this.selection();
    if (first.symbol !== '') this.remember();
    await Promise.all([first.symbol === '' ? undefined : this.active().catchUp(), this.readSymbols()]);
    this.openStream();
  }

  /** What is known of a symbol; nothing before the symbols are known. */
  infoOf(symbol: string): SymbolInfo | undefined {
    return this.symbolList().find((one) => one.symbol === symbol);
  }

  /**
   * Shows another symbol or timeframe on the chart in use and those linked to it: at once what is at hand, then what it
   * misses, with one request at most for each of them.
   */
  show(selection: Selection): void {
    const before = this.selection();
    if (isSameSelection(before, selection)) return;
    if (this.replayed()?.symbols.includes(selection.symbol) === false) return;
    const isOther = {
      symbol: selection.symbol !== before.symbol,
      timeframe: selection.timeframe !== before.timeframe,
    };
    const links = this.links();
    const linked = {
      ...links,
      symbol: links.symbol && isOther.symbol,
      timeframe: links.timeframe && isOther.timeframe,
    };
    this.choose(this.charts(), (chart) =>
      chart === this.active() ? selection : this.places.linkedSelection(chart, linked, selection),
    );
    this.remember();
  }

  /** Shows that many charts. Those that appear take over what links them to the one in use. */
  arrange(count: LayoutCount): void {
    const appeared = this.places.arrange(count);
    const before = appeared.map((chart) => chart.selection());
    this.link(appeared);
    if (this.streamedKey === '') return;
    appeared.forEach((chart, index) => {
      if (!chart.isOf(before[index] as Selection)) return;
      chart.refresh();
      void chart.catchUp();
    });
    this.followStreamed();
    this.remember();
  }

  /** Takes a link into force: charts take over from the one in use what they have in common with it now. */
  link(charts = this.charts()): void {
    const { symbol } = this.selection();
    if (symbol === '') return;
    const links = this.links();
    this.choose(charts, (chart) => {
      if (chart === this.active()) return this.selection();
      const linked = this.places.linkedSelection(chart, links, this.selection());
      // Kept from another feed, or not in the replay.
      const isKnown =
        this.symbols().length === 0 || this.symbols().some((one) => one.symbol === linked.symbol);
      return isKnown ? linked : { ...linked, symbol };
    });
  }

  /** Has the places beside the chart in use show what was kept for them on another device. */
  restore(kept: readonly Selection[]): void {
    const known = new Set(this.symbols().map(({ symbol }) => symbol));
    this.choose(this.charts(), (chart) => {
      const wish = kept[this.places.placeOf(chart)];
      return chart === this.active() || wish === undefined || !known.has(wish.symbol)
        ? chart.selection()
        : wish;
    });
    this.link();
  }

  /** Makes another one of the charts the one in use. */
  activate(chart: ChartSeries): void {
    if (chart === this.active()) return;
    this.places.activate(chart);
    this.lag.set(null);
    this.remember();
    if (chart.bars().length > 0) this.settle(chart);
  }

  /** Goes on to the next chart. */
  activateNext(): void {
    const charts = this.charts();
    const next = charts[(charts.indexOf(this.active()) + 1) % charts.length];
    if (next !== undefined) this.activate(next);
  }

  /** Shows a replay instead of the live market, or with `null` the live market again. Nothing of one is left in the other. */
  showReplay(replay: ShownReplay | null): void {
    this.stream.close();
    this.replayed.set(replay);
    this.signals.showReplay(replay?.id ?? null);
    this.epochId = null;
    this.feedStatus.set(null);
    this.lag.set(null);
    const first = replay?.symbols[0];
    for (const chart of this.charts()) {
      const { symbol, timeframe } = chart.selection();
      if (first !== undefined && !replay?.symbols.includes(symbol))
        chart.choose({ symbol: first, timeframe });
    }
    this.remember();
    void this.startOver().then(() => {
      if (this.replayed() === replay) this.openStream();
    });
  }

  /** Tries again after an error. */
  retry(): void {
    void this.start();
  }

  onBootstrap({ epoch, resume, server_time, ticks }: BootstrapEvent): void {
    this.singleTicks.set(ticks);
    this.clockSkewMs = server_time - Date.now();
    const isOtherEpoch = this.epochId !== null && this.epochId !== epoch.id;
    this.epochId = epoch.id;
    // A line that goes on with a cursor brings what was missed; every other one begins with the record.
    void this.signals.refresh();
    if (isOtherEpoch || resume.verdict === 'reset') void this.startOver();
    else if (resume.verdict === 'exact') for (const chart of this.charts()) chart.goOn();
    else {
      // Only history knows what came after the bars at hand; an answer asked for earlier may not know it either.
      for (const chart of this.charts()) this.book.stopReading(chart.selection());
      void this.catchUpAll();
    }
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
    if (microbar.symbol === this.selection().symbol) {
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

  /** Has charts show what is said for each: at once what is at hand, then what it misses. */
  private choose(charts: readonly ChartSeries[], next: (chart: ChartSeries) => Selection): void {
    const wishes = charts
      .map((chart) => ({ chart, selection: next(chart) }))
      .filter(({ chart, selection }) => !chart.isOf(selection));
    for (const { chart, selection } of wishes) chart.choose(selection);
    const shown = this.charts().map((chart) => chart.selection());
    this.book.stopReadingAllBut(shown);
    for (const selection of shown) this.book.touch(selection);
    if (this.streamedKey === '') {
      // Before the stream is there only the chart in use is read: the others would stand in its way.
      if (wishes.some(({ chart }) => chart === this.active())) void this.active().catchUp();
      return;
    }
    for (const { chart } of wishes) void chart.catchUp();
    this.followStreamed();
  }

  /** Has the stream carry what it should, from where it is. */
  private followStreamed(): void {
    this.pickStreamed();
    const topics = this.topics();
    if (this.streamedKey === '' || keyOf(topics) === this.streamedKey) return;
    this.streamedKey = keyOf(topics);
    this.stream.change(topics);
  }

  private pickStreamed(): void {
    const wanted = [...this.charts().map((chart) => chart.selection().symbol), ...this.watched];
    this.streamedList.set(streamedOf(this.symbols(), wanted));
  }

  private topics(): StreamTopics {
    const symbols = this.streamed().map(({ symbol }) => symbol);
    const timeframes = new Set<Timeframe>(this.charts().map((chart) => chart.selection().timeframe));
    return { symbols, timeframes: [...timeframes], ...this.origin() };
  }

  private openStream(): void {
    this.pickStreamed();
    const topics = this.topics();
    if (topics.symbols.length === 0) return;
    this.streamedKey = keyOf(topics);
    // A seq places bars of one timeframe alone. Where there are several each chart asks for what it misses.
    const seqs = this.charts().flatMap((chart) => lastSeqOf(this.book.get(chart.selection())) ?? []);
    const sinceSeq = topics.timeframes.length === 1 && seqs.length > 0 ? Math.min(...seqs) : null;
    this.stream.open({ ...topics, ...(sinceSeq !== null && { sinceSeq }) }, this);
  }

  private async readSymbols(): Promise<void> {
    try {
      const symbols = await this.history.symbols();
      this.symbolList.set(symbols);
      const first = symbols[0];
      const isKnown = ({ symbol }: Selection): boolean => symbols.some((known) => known.symbol === symbol);
      if (first === undefined) return;
      // The last visit may have been to another feed.
      this.choose(this.charts(), (chart) => {
        const own = chart.selection();
        return isKnown(own) ? own : { ...own, symbol: first.symbol };
      });
      this.remember();
    } catch (error) {
      this.active().fail(error);
    }
  }

  private async catchUpAll(): Promise<void> {
    await Promise.all(this.charts().map((chart) => chart.catchUp()));
  }

  private startOver(): Promise<void> {
    this.book.clear();
    this.board.clear();
    this.startings.update((count) => count + 1);
    for (const chart of this.charts()) chart.startOver();
    return this.catchUpAll();
  }

  private onChange(change: SeriesChange): void {
    const charts = this.charts().filter((chart) => chart.isOf(change.selection));
    const newest = change.series.bars.at(-1);
    if (charts.length > 0 && newest !== undefined) {
      this.board.note(newest.symbol, { price: newest.ohlcv.c, tsMs: newest.bar_end });
    }
    for (const chart of charts) chart.take(change);
  }

  private settle(chart: ChartSeries): void {
    if (chart === this.active()) this.settlements.update((count) => count + 1);
  }

  private remember(): void {
    if (this.selection().symbol !== '') rememberSelection(this.selection(), this.places.activePlace());
  }

  private firstPlaces(): ChartPlaces {
    const { charts } = readSettings();
    const active = firstPlace();
    const first = firstSelection() ?? { symbol: '', timeframe: '1m' };
    const series = Array.from({ length: PLACES }, (_, place) => {
      const selection = place === active ? first : (charts[place] ?? { symbol: '', timeframe: '1m' });
      return new ChartSeries(this.book, selection, (chart) => {
        this.settle(chart);
      });
    });
    return new ChartPlaces(series, active, () => this.settings.all().charts);
  }
}

function keyOf({ symbols, timeframes }: StreamTopics): string {
  return `${symbols.join()} ${[...timeframes].sort().join()}`;
}

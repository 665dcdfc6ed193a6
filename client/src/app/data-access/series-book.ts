import type { Bar, Microbar } from '@libs/bars';
import type { HistoryClient } from './history-client';
import { INITIAL_BARS, MOST_BARS } from './history-url';
import type { Selection } from './selection';
import { SeriesCache, seriesKey } from './series-cache';
import type { SeriesListener } from './series-change';
import { applyBar, applyHistory, applyMicrobar, EMPTY_SERIES, lastSeqOf, type Series } from './series';

/** Live bars one series may have waiting while it is read. More than that is read from history as well. */
const MOST_WAITING = 500;

/** Times a series is filled up anew because bars were missed while it was filled up. */
const MOST_ROUNDS = 3;

interface Reading {
  readonly controller: AbortController;
  readonly done: Promise<void>;
  /** Live bars that came meanwhile, in their order; `null` once there were too many to keep. */
  waiting: Bar[] | null;
}

/**
 * Every series at hand, kept whole: history fills it, live bars continue it, and a bar whose predecessor is missing has
 * what lies between read, with one request a series at a time. While a series is read, its live bars wait.
 */
export class SeriesBook {
  private readonly cache = new SeriesCache();
  private readonly readings = new Map<string, Reading>();
  private readonly olderReadings = new Map<string, AbortController>();

  /** `isWanted` says whether a gap in a series is worth a request now; another one is filled up when it is shown. */
  constructor(
    private readonly history: Pick<HistoryClient, 'bars'>,
    private readonly isWanted: (selection: Selection) => boolean,
    private readonly onChange: SeriesListener,
  ) {}

  get(selection: Selection): Series {
    return this.cache.get(seriesKey(selection));
  }

  /** Keeps a series from leaving soon. */
  touch(selection: Selection): void {
    this.cache.touch(seriesKey(selection));
  }

  /**
   * Brings a series up to now: its newest bars when none are at hand, else what came since. A second call joins a
   * reading under way. Rejects with what the server said, or `AbortError` after `stopReading` or `clear`.
   */
  catchUp({ symbol, timeframe }: Selection): Promise<void> {
    const key = seriesKey({ symbol, timeframe });
    const known = this.readings.get(key);
    if (known !== undefined) return known.done;
    const controller = new AbortController();
    const done = this.read({ symbol, timeframe }, controller.signal).finally(() => {
      if (this.readings.get(key)?.controller === controller) this.readings.delete(key);
    });
    this.readings.set(key, { controller, done, waiting: [] });
    return done;
  }

  isReading(selection: Selection): boolean {
    return this.readings.has(seriesKey(selection));
  }

  /** Gives up what is being read of a series. */
  stopReading(selection: Selection): void {
    const key = seriesKey(selection);
    for (const controller of [this.readings.get(key)?.controller, this.olderReadings.get(key)]) {
      controller?.abort();
    }
    this.readings.delete(key);
    this.olderReadings.delete(key);
  }

  /** Gives up reading everything else: its answers would only stand in the way. */
  stopReadingAllBut(selections: readonly Selection[]): void {
    const kept = new Set(selections.map(seriesKey));
    for (const readings of [this.readings, this.olderReadings]) {
      for (const [key, reading] of readings) {
        if (kept.has(key)) continue;
        readings.delete(key);
        ('controller' in reading ? reading.controller : reading).abort();
      }
    }
  }

  /** Reads the bars before the oldest one at hand; nothing where there are none, or where it is doing so already. */
  async loadOlder(selection: Selection): Promise<void> {
    const key = seriesKey(selection);
    const { bars, hasOldest } = this.cache.get(key);
    const oldest = bars[0];
    if (oldest === undefined || hasOldest || this.olderReadings.has(key)) return;
    const controller = new AbortController();
    this.olderReadings.set(key, controller);
    try {
      const asked = { ...selection, limit: MOST_BARS, before: oldest.seq };
      const older = await this.history.bars(asked, controller.signal);
      controller.signal.throwIfAborted();
      const current = this.cache.get(key);
      // The series may have begun anew while the answer was on its way.
      if (current.bars[0]?.seq !== oldest.seq) return;
      const merged = applyHistory(current, older);
      // The server may know more of the past by the next question: only nothing at all is the end of it.
      const series = { ...merged, hasOldest: merged.hasOldest || older.length === 0 };
      this.cache.set(key, series);
      const added = series.bars.length - current.bars.length;
      this.onChange({ kind: 'older', selection, series, added });
    } finally {
      if (this.olderReadings.get(key) === controller) this.olderReadings.delete(key);
    }
  }

  onBar(bar: Bar): void {
    const key = seriesKey(bar);
    const reading = this.readings.get(key);
    if (reading !== undefined) {
      if (reading.waiting !== null && reading.waiting.length < MOST_WAITING) reading.waiting.push(bar);
      else reading.waiting = null;
      return;
    }
    if (!this.cache.has(key)) return;
    const selection = { symbol: bar.symbol, timeframe: bar.timeframe };
    const series = this.cache.get(key);
    const outcome = applyBar(series, bar);
    // An empty series may be the first bar's, or one that could not be read: history knows which.
    if (outcome.kind === 'gap' || series.bars.length === 0) {
      // The next bar shows the same gap again.
      if (this.isWanted(selection)) this.catchUp(selection).catch(() => undefined);
      return;
    }
    if (outcome.kind !== 'applied') return;
    this.cache.set(key, outcome.series);
    this.onChange({ kind: 'bars', selection, series: outcome.series, bars: [bar] });
  }

  onMicrobar(microbar: Microbar): void {
    const key = seriesKey(microbar);
    if (!this.cache.has(key)) return;
    const series = this.cache.get(key);
    const next = applyMicrobar(series, microbar);
    if (next === series) return;
    this.cache.set(key, next);
    // A forming bar alone is no picture yet; it comes with the bars that are on their way.
    if (next.bars.length === 0 && this.readings.has(key)) return;
    const selection = { symbol: microbar.symbol, timeframe: microbar.timeframe };
    this.onChange({ kind: 'forming', selection, series: next });
  }

  /** Forgets everything, also what is being read: these bars continue nothing any more. */
  clear(): void {
    for (const { controller } of this.readings.values()) controller.abort();
    for (const controller of this.olderReadings.values()) controller.abort();
    this.readings.clear();
    this.olderReadings.clear();
    this.cache.clear();
  }

  private async read(selection: Selection, signal: AbortSignal): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      await this.fill(selection, signal);
      if (this.takeWaiting(selection)) return;
    }
  }

  private async fill(selection: Selection, signal: AbortSignal): Promise<void> {
    const key = seriesKey(selection);
    const sinceSeq = lastSeqOf(this.cache.get(key));
    const missed =
      sinceSeq === null
        ? null
        : await this.history.bars({ ...selection, limit: MOST_BARS, sinceSeq }, signal);
    signal.throwIfAborted();
    if (missed !== null && missed.length < MOST_BARS && (missed[0]?.prev_seq ?? sinceSeq) === sinceSeq) {
      this.apply(selection, missed);
      return;
    }
    // Nothing at hand, more was missed than one answer holds, or it does not join up: the newest bars, from scratch.
    const bars = await this.history.bars({ ...selection, limit: INITIAL_BARS }, signal);
    signal.throwIfAborted();
    const { forming } = this.cache.get(key);
    const seeded = applyHistory(EMPTY_SERIES, bars);
    const series = forming === null ? seeded : applyMicrobar(seeded, forming);
    this.cache.set(key, series);
    this.onChange({ kind: 'seed', selection, series });
  }

  private apply(selection: Selection, bars: readonly Bar[]): void {
    const key = seriesKey(selection);
    const current = this.cache.get(key);
    const series = applyHistory(current, bars);
    this.cache.set(key, series);
    if (series !== current) this.onChange({ kind: 'bars', selection, series, bars });
  }

  /** Applies the live bars that waited. Whether they joined up; if not, there is more to read. */
  private takeWaiting(selection: Selection): boolean {
    const reading = this.readings.get(seriesKey(selection));
    if (reading === undefined) return true;
    const { waiting } = reading;
    reading.waiting = [];
    if (waiting === null) return false;
    for (const bar of waiting) {
      const outcome = applyBar(this.get(selection), bar);
      if (outcome.kind === 'gap') return false;
      if (outcome.kind === 'applied') this.apply(selection, [bar]);
    }
    return true;
  }
}

import { TIMEFRAMES, type Bar } from '@libs/bars';
import type { EpochInfo } from '@libs/contract';
import type { DataSource } from 'typeorm';
import {
  BarArchive,
  type ArchivedBar,
  type ArchivedEvent,
  type BarRange,
  type LogScope,
} from './bar-archive.js';
import { alertKey, alertsIn, type LoggedAlert, type LoggedEvent } from './logged-alert.js';
import type { LoggedBar } from './logged-bar.js';
import { seriesKey, type OpenSeries, type Series } from './series.js';

/**
 * What a write may come to: `refuse` fails and leaves nothing, `lose` commits and then breaks off before the answer,
 * `late` breaks off and commits when nobody waits any more,
 * `commit` is what happens without a script.
 */
export type WriteFate = 'commit' | 'refuse' | 'lose' | 'late';

/**
 * A bar archive without a database, with the behaviour of the real one (one suite holds both to it), that fails on
 * command. It outlives the logs opened on it, as a database outlives processes.
 */
export class InMemoryBarArchive extends BarArchive {
  /** What the next writes come to, first one first. */
  readonly fates: WriteFate[] = [];
  /** Sizes of the writes tried so far, failed ones included. */
  readonly writes: number[] = [];
  /** Writes with another fence are refused, as the database refuses those of an earlier leader. */
  fence: number | null = null;
  /** Whether questions (not writes) are answered. */
  isAway = false;
  private gate: Promise<void> | null = null;
  /** A write that was given up and is carried out before the next one. */
  private belated: { readonly events: readonly ArchivedEvent[]; readonly fence: number | null } = {
    events: [],
    fence: null,
  };
  private readonly records = new Map<string, number>();
  private readonly epochs: (EpochInfo & { recordId: number; reason: string })[] = [];
  private readonly series: (Series & { recordId: number })[] = [];
  /** Every bar written, in the order of writing. */
  readonly bars: ArchivedBar[] = [];
  readonly alerts: LoggedAlert[] = [];
  private taken: ReadonlySet<string> = new Set();

  constructor() {
    super(undefined as unknown as DataSource);
  }

  /** Everything committed, in the order of offsets. */
  get committedEvents(): readonly LoggedEvent[] {
    return byOffset([...this.committed, ...this.alerts]);
  }

  /** Bars committed, in the order of writing. */
  get committed(): readonly LoggedBar[] {
    return this.bars.map(({ offset, bar }) => ({ offset, bar }));
  }

  /** Holds writes back until the returned function is called. */
  hold(): () => void {
    let open = (): void => undefined;
    this.gate = new Promise((resolve) => {
      open = () => {
        this.gate = null;
        resolve();
      };
    });
    return open;
  }

  override openRecord(recordKey: string): Promise<number> {
    const id = this.records.get(recordKey) ?? this.records.size + 1;
    this.records.set(recordKey, id);
    return this.answer(() => id);
  }

  override lastEpoch(): Promise<(EpochInfo & { recordId: number; reason: string }) | null> {
    return this.answer(() => this.epochs.at(-1) ?? null);
  }

  override addEpoch(recordId: number, epoch: EpochInfo, reason: string): Promise<void> {
    return this.answer(() => {
      this.epochs.push({ ...epoch, recordId, reason });
    });
  }

  override openSeries(recordId: number, symbols: readonly string[]): Promise<Map<string, OpenSeries>> {
    return this.answer(() => {
      const opened = symbols.flatMap((symbol) =>
        TIMEFRAMES.map((timeframe) => this.openOne({ recordId, symbol, timeframe })),
      );
      return new Map(opened.map((one) => [seriesKey(one.symbol, one.timeframe), one]));
    });
  }

  override allSeries(recordId: number): Promise<Map<string, OpenSeries>> {
    return this.answer(() => {
      const ofRecord = this.series.filter((one) => one.recordId === recordId);
      return new Map(ofRecord.map((one) => [seriesKey(one.symbol, one.timeframe), this.openOne(one)]));
    });
  }

  override countSeries(recordId: number): Promise<number> {
    return this.answer(() => this.series.filter((one) => one.recordId === recordId).length);
  }

  override headOffset(): Promise<number> {
    return this.answer(() => Math.max(0, ...this.committedEvents.map(({ offset }) => offset)));
  }

  override async append(events: readonly ArchivedEvent[], fence: number | null = null): Promise<boolean> {
    this.writes.push(events.length);
    await this.gate;
    if (fence !== null && fence !== this.fence) return false;
    const fate = this.fates.shift() ?? 'commit';
    if (fate === 'refuse') throw new Error('the database is away');
    if (fate === 'late') {
      this.belated = { events, fence };
      throw new Error('no answer within the limit');
    }
    const isFencedOff = this.belated.fence !== null && this.belated.fence !== this.fence;
    const belated = isFencedOff ? [] : this.belated.events;
    this.belated = { events: [], fence: null };
    // One that would be there twice fails, and nobody hears of it.
    if (belated.length > 0 && !belated.some((one) => keysOf(one).some((key) => this.taken.has(key)))) {
      this.taken = new Set([...this.taken, ...belated.flatMap(keysOf)]);
      await this.put(belated);
    }
    const taken = new Set(this.taken);
    for (const one of events) {
      for (const key of keysOf(one)) {
        if (taken.has(key)) throw new Error(`duplicate key value: ${key}`);
        taken.add(key);
      }
    }
    this.taken = taken;
    await this.put(events);
    if (fate === 'lose') throw new Error('the connection broke');
    return true;
  }

  override heldPrefix(events: readonly ArchivedEvent[]): Promise<number> {
    return this.answer(() => {
      const missing = events.findIndex((event) => !this.holds(event));
      return missing < 0 ? events.length : missing;
    });
  }

  override eventsAfter(scope: LogScope, offset: number, limit: number): Promise<LoggedEvent[]> {
    return this.answer(() =>
      this.eventsIn(scope)
        .filter((event) => event.offset > offset)
        .slice(0, limit),
    );
  }

  override newestEvents(scope: LogScope, limit: number): Promise<LoggedEvent[]> {
    return this.answer(() => this.eventsIn(scope).slice(-limit));
  }

  override barsAfter(series: Iterable<Series>, offset: number, limit: number): Promise<LoggedBar[]> {
    const ids = new Set([...series].map(({ id }) => id));
    return this.answer(() =>
      byOffset(this.bars.filter((one) => ids.has(one.seriesId) && one.offset > offset))
        .slice(0, limit)
        .map((one) => ({ offset: one.offset, bar: one.bar })),
    );
  }

  override readBars(
    series: Series,
    { sinceSeq, before, limit, keep, knownOffset = Infinity }: BarRange,
  ): Promise<Bar[]> {
    return this.answer(() => {
      const newest = new Map<number, Bar>();
      for (const { seriesId, bar, offset } of this.bars) {
        if (bar.rev > 0 && offset > knownOffset) continue;
        if (seriesId !== series.id || bar.seq <= (sinceSeq ?? -1) || bar.seq >= (before ?? Infinity))
          continue;
        if ((newest.get(bar.seq)?.rev ?? -1) < bar.rev) newest.set(bar.seq, bar);
      }
      const bars = [...newest.values()].sort((a, b) => a.seq - b.seq);
      return keep === 'oldest' ? bars.slice(0, limit) : bars.slice(Math.max(0, bars.length - limit));
    });
  }

  override offsetBefore(series: Series, before: number): Promise<number> {
    return this.answer(() => {
      const earlier = this.bars.filter(
        ({ seriesId, bar }) => seriesId === series.id && bar.rev === 0 && bar.seq < before,
      );
      return earlier.sort((a, b) => a.bar.seq - b.bar.seq).at(-1)?.offset ?? 0;
    });
  }

  /** Called with the alerts of each write, as the database marks their signals by a trigger. */
  onAlerts: (alerts: readonly LoggedAlert[]) => Promise<void> = () => Promise.resolve();

  private async put(events: readonly ArchivedEvent[]): Promise<void> {
    const alerts = alertsIn(events);
    this.alerts.push(...alerts);
    for (const event of events) if (event.bar !== undefined) this.bars.push(event);
    if (alerts.length > 0) await this.onAlerts(alerts);
  }

  private eventsIn({ series, epochId }: LogScope): LoggedEvent[] {
    const ids = new Set([...series].map(({ id }) => id));
    const bars = this.bars.filter(({ seriesId }) => ids.has(seriesId));
    const alerts = this.alerts.filter(({ alert }) => alert.epochId === epochId);
    return byOffset([...bars.map(({ offset, bar }) => ({ offset, bar })), ...alerts]);
  }

  private holds(event: ArchivedEvent): boolean {
    if (event.bar === undefined) {
      const { offset, alert } = event;
      return this.alerts.some((one) => one.offset === offset && one.alert.json === alert.json);
    }
    const { offset, seriesId, bar } = event;
    return this.bars.some(
      (one) =>
        one.offset === offset &&
        one.seriesId === seriesId &&
        one.bar.seq === bar.seq &&
        one.bar.rev === bar.rev &&
        one.bar.ohlcv.c === bar.ohlcv.c,
    );
  }

  private openOne(wanted: Omit<Series & { recordId: number }, 'id'>): OpenSeries {
    const isWanted = (one: typeof wanted): boolean =>
      one.recordId === wanted.recordId && one.symbol === wanted.symbol && one.timeframe === wanted.timeframe;
    let one = this.series.find(isWanted);
    if (one === undefined) {
      one = { ...wanted, id: this.series.length + 1 };
      this.series.push(one);
    }
    const { id, symbol, timeframe } = one;
    const seqs = this.bars.filter(({ seriesId }) => seriesId === id).map(({ bar }) => bar.seq);
    const lastSeq = seqs.length === 0 ? null : Math.max(...seqs);
    return { id, symbol, timeframe, lastSeq, publishedSeq: lastSeq };
  }

  private async answer<T>(question: () => T): Promise<T> {
    await Promise.resolve();
    if (this.isAway) throw new Error('the database is away');
    return question();
  }
}

/** What the database lets no two rows share. */
function keysOf(event: ArchivedEvent): string[] {
  const what =
    event.bar === undefined
      ? `alert ${event.alert.epochId} ${alertKey(event.alert)}`
      : `series ${event.seriesId} seq ${event.bar.seq} rev ${event.bar.rev}`;
  return [`offset ${event.offset}`, what];
}

function byOffset<Event extends { readonly offset: number }>(events: readonly Event[]): Event[] {
  return [...events].sort((a, b) => a.offset - b.offset);
}

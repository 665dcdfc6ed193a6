import type { Bar } from '@libs/bars';
import type { SseEvent } from '../../kit/sse-text.js';
import type { SeriesName } from '../log/log-entry.js';
import { LogWriter } from '../log/log-writer.js';
import { noteOf } from './event-notes.js';
import { HeldSeries } from './held-series.js';
import { HistoryFiller } from './history-filler.js';
import type { ReaderOptions } from './reader.js';

/** What every reader does with an event, however it came: note it, apply it, read from history what is missing. */
export class ReaderCore {
  readonly log: LogWriter;
  /** Where the reader is in the log: the id of the newest bar it applied, else what a bootstrap said. */
  cursor: string | null = null;
  /** Monotonic time of the newest finalized bar. */
  lastBarAtMs = -Infinity;
  isOpen = false;
  heartbeatMs = Infinity;
  private readonly held: HeldSeries;
  private readonly filler: HistoryFiller;

  constructor(private readonly options: ReaderOptions) {
    this.log = new LogWriter(options.name, options.symbols, options.timeframe);
    this.held = new HeldSeries(this.log);
    this.filler = new HistoryFiller(this.held, () => this.pickPort());
  }

  /** One of the ports that are to be had, by chance. */
  pickPort(): number | undefined {
    const ports = this.options.ports();
    return ports[Math.floor(this.options.random() * ports.length)];
  }

  /** Path and query of the stream. */
  path(cursorInQuery: string | null): string {
    const { symbols, timeframe } = this.options;
    const cursor = cursorInQuery === null ? '' : `&lastEventId=${encodeURIComponent(cursorInQuery)}`;
    return `/realtime/sse?symbols=${symbols.join(',')}&timeframe=${timeframe}${cursor}`;
  }

  barsOf(name: SeriesName): readonly Bar[] {
    return this.held.barsOf(name);
  }

  settled(): Promise<void> {
    return this.filler.settled();
  }

  stop(): void {
    this.filler.stop();
  }

  /** Takes a whole event. Throws where its data is not what the contract says. */
  take({ name, id, data }: Pick<SseEvent, 'name' | 'id' | 'data'>, connection: number): void {
    const note = noteOf({ name, id: id ?? null, data }, connection);
    this.log.note(note);
    if (note.kind === 'bootstrap') {
      this.isOpen = true;
      this.onBootstrap(note.verdict, note.cursor, connection);
    } else if (note.kind === 'bar') {
      this.lastBarAtMs = performance.now();
      const lastSeq = this.held.lastSeqOf(note.bar);
      const isGap = this.held.takeLive(note.bar, connection);
      if (isGap && lastSeq !== null) this.filler.fill(nameOf(note.bar), lastSeq, connection);
    }
    // As a browser does: whichever event carries an id moves the cursor, after it was applied.
    if (note.kind !== 'bootstrap' && id !== undefined) this.cursor = id;
  }

  private onBootstrap(verdict: string, cursor: string, connection: number): void {
    if (verdict === 'reset') {
      this.held.drop(connection);
      for (const name of this.names()) this.filler.fill(name, 0, connection);
    }
    if (verdict === 'new' || verdict === 'reset') this.cursor = cursor;
    if (verdict !== 'partial') return;
    for (const name of this.names()) this.filler.fill(name, this.held.lastSeqOf(name) ?? 0, connection);
  }

  private names(): SeriesName[] {
    const { symbols, timeframe } = this.options;
    return symbols.map((symbol) => ({ symbol, timeframe }));
  }
}

function nameOf({ symbol, timeframe }: Bar): SeriesName {
  return { symbol, timeframe };
}

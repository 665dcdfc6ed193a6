import type { Bar } from '@libs/bars';
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from '../../kit/http.js';
import { seriesText, type SeriesName } from '../log/log-entry.js';
import type { HeldSeries } from './held-series.js';

const PAGE = 5_000;
const RETRY_MS = 200;
/** Times a page is asked for. Faults last some seconds; more than this is for good. */
const MOST_TRIES = 300;

/** Reads what the stream could not bring, one request a series at a time, until it has it. */
export class HistoryFiller {
  private readonly running = new Map<string, Promise<void>>();
  private isStopped = false;

  constructor(
    private readonly held: HeldSeries,
    private readonly port: () => number | undefined,
  ) {}

  /** Reads the bars of a series after a seq, unless it is doing so already. */
  fill(name: SeriesName, sinceSeq: number, connection: number): void {
    const key = seriesText(name);
    if (this.running.has(key)) return;
    const done = this.read(name, sinceSeq, connection).finally(() => this.running.delete(key));
    // A failure shows as bars that are missing in the end.
    done.catch(() => undefined);
    this.running.set(key, done);
  }

  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running.values());
  }

  stop(): void {
    this.isStopped = true;
  }

  private async read(name: SeriesName, sinceSeq: number, connection: number): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES && !this.isStopped; tries++) {
      const bars = await this.page(name, sinceSeq).catch(() => null);
      if (bars === null) {
        await delay(RETRY_MS);
        continue;
      }
      this.held.takeHistory(name, bars, connection);
      const last = bars.at(-1);
      if (last === undefined || bars.length < PAGE) return;
      sinceSeq = last.seq;
    }
  }

  private async page({ symbol, timeframe }: SeriesName, sinceSeq: number): Promise<readonly Bar[] | null> {
    const port = this.port();
    if (port === undefined) return null;
    const query = `symbol=${symbol}&timeframe=${timeframe}&limit=${PAGE}&sinceSeq=${sinceSeq}`;
    const { status, text } = await ask({ port, path: `/api/history?${query}` });
    return status === 200 ? (JSON.parse(text) as Bar[]) : null;
  }
}

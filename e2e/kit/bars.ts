import type { Bar, Timeframe } from '@libs/bars';
import { createHash } from 'node:crypto';
import { eventually } from './eventually.js';
import type { RunningApp } from './start-app.js';

const LARGEST_PAGE = 5_000;

/** What specs read of `GET /api/diag`. */
export interface Diag {
  readonly epoch: { readonly id: string; readonly startMs: number };
  readonly market: {
    readonly source: string;
    readonly reason: string;
    readonly state: string;
    readonly state_reason: string;
    readonly symbols: readonly string[];
    readonly lateTrades: number;
    readonly rejected: Readonly<Record<string, number>>;
  };
  readonly log: { readonly headOffset: number; readonly queuedBars: number };
  readonly stream: { readonly clients: number; readonly cut: Readonly<Record<string, number>> };
  readonly rules: { readonly behind: number | null };
  readonly database: { readonly kind: string };
  readonly leader: boolean;
}

/** All finalized bars of a series, oldest first, paged by `sinceSeq`. */
export async function allBars(app: RunningApp, symbol: string, timeframe: Timeframe = '1m'): Promise<Bar[]> {
  return pagesSince(app, symbol, timeframe, LARGEST_PAGE);
}

/** All finalized bars of a series, paged forward with pages of `limit`. */
export async function pagesSince(
  app: RunningApp,
  symbol: string,
  timeframe: Timeframe,
  limit: number,
): Promise<Bar[]> {
  const bars: Bar[] = [];
  for (let sinceSeq = 0; ;) {
    const query = `symbol=${symbol}&timeframe=${timeframe}&limit=${limit}&sinceSeq=${sinceSeq}`;
    const page = await app.json<Bar[]>(`/api/history?${query}`);
    bars.push(...page);
    if (page.length < limit) return bars;
    sinceSeq = page.at(-1)!.seq;
  }
}

/** All finalized bars of a series, paged backward from the newest with pages of `limit`; oldest first. */
export async function pagesBefore(
  app: RunningApp,
  symbol: string,
  timeframe: Timeframe,
  limit: number,
): Promise<Bar[]> {
  const bars: Bar[] = [];
  for (let before = ''; ;) {
    const query = `symbol=${symbol}&timeframe=${timeframe}&limit=${limit}${before}`;
    const page = await app.json<Bar[]>(`/api/history?${query}`);
    bars.unshift(...page);
    if (page.length < limit) return bars;
    before = `&before=${page[0]!.seq}`;
  }
}

/** SHA-256 over the canonical text as the contract words it, computed here and not by the project's code. */
export function digestOf(bars: readonly Bar[]): string {
  const hash = createHash('sha256');
  for (const { seq, ohlcv } of bars) {
    const { o, h, l, c, v } = ohlcv;
    hash.update(`${[seq, o, h, l, c, v].map(String).join(',')}\n`);
  }
  return hash.digest('hex');
}

/** Waits until a file feed has been played to its end and every bar of it is on record. */
export async function untilPlayed(app: RunningApp, timeoutMs = 180_000): Promise<Diag> {
  const isOver = ({ market, log }: Diag): boolean =>
    log.queuedBars === 0 && (market.state === 'down' || market.state_reason.includes('have been played'));
  return eventually(
    async () => {
      const diag = await app.json<Diag>('/api/diag');
      return isOver(diag) && diag;
    },
    { what: 'the trade files to be played', timeoutMs, everyMs: 100 },
  );
}

import { Injectable } from '@angular/core';
import type { Bar, Seq, Timeframe } from '@libs/bars';
import type { Problem, SymbolInfo } from '@libs/contract';
import { SYMBOLS_URL, takePrefetched } from './first-requests';
import { historyUrl, type HistoryRequest } from './history-url';

/** Digest of a range of bars as the server holds them. */
export interface ServerDigest {
  readonly count: number;
  readonly sha256: string;
}

/** Reads finalized bars. Equal requests under way at the same time are one request. */
@Injectable({ providedIn: 'root' })
export class HistoryClient {
  private readonly underWay = new Map<string, Promise<Bar[]>>();
  private requests = 0;

  /** Requests for bars sent so far. */
  get requestCount(): number {
    return this.requests;
  }

  /**
   * Bars, ascending by seq. Rejects with a readable message, or with `AbortError` when `signal` gives them up. A request
   * that was given up is not joined any more.
   */
  bars(request: HistoryRequest, signal?: AbortSignal): Promise<Bar[]> {
    const url = historyUrl(request);
    const known = this.underWay.get(url);
    if (known !== undefined) return known;
    this.requests++;
    const forget = (): void => {
      if (this.underWay.get(url) === answer) this.underWay.delete(url);
    };
    const answer: Promise<Bar[]> = (takePrefetched(url) ?? fetch(url, signal ? { signal } : {}))
      .then((response) => readJson<Bar[]>(response))
      .finally(forget);
    this.underWay.set(url, answer);
    signal?.addEventListener('abort', forget, { once: true });
    return answer;
  }

  /** Digest of the bars from one seq to another, both included. */
  async digest(range: { symbol: string; timeframe: Timeframe; from: Seq; to: Seq }): Promise<ServerDigest> {
    const query = new URLSearchParams({
      symbol: range.symbol,
      timeframe: range.timeframe,
      from: String(range.from),
      to: String(range.to),
    });
    return readJson<ServerDigest>(await fetch(`/api/history/digest?${query.toString()}`));
  }

  /** What can be shown, in the order of the watchlist. */
  async symbols(): Promise<SymbolInfo[]> {
    return readJson<SymbolInfo[]>(await (takePrefetched(SYMBOLS_URL) ?? fetch(SYMBOLS_URL)));
  }
}

async function readJson<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
  throw new Error(problem?.detail ?? `The server answered ${response.status}.`);
}

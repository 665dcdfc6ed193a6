import { Injectable } from '@angular/core';
import type { Bar, Seq } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
import { SYMBOLS_URL, takePrefetched } from './first-requests';
import { historyUrl, type HistoryRequest, type Origin } from './history-url';
import { readJson } from './json-answer';
import type { Selection } from './selection';

/** Digest of a range of bars as the server holds them. */
export interface ServerDigest {
  readonly count: number;
  readonly sha256: string;
}

/** Reads finalized bars. Equal requests under way at the same time are one request. */
@Injectable({ providedIn: 'root' })
export class HistoryClient {
  private readonly underWay = new Map<string, Promise<Bar[]>>();

  /**
   * Bars, ascending by seq. Rejects with a readable message, or with `AbortError` when `signal` gives them up. A request
   * that was given up is not joined any more.
   */
  bars(request: HistoryRequest, signal?: AbortSignal): Promise<Bar[]> {
    const url = historyUrl(request);
    const known = this.underWay.get(url);
    if (known !== undefined) return known;
    const forget = (): void => {
      if (this.underWay.get(url) === answer) this.underWay.delete(url);
    };
    const prefetched = takePrefetched(url) as Promise<Bar[]> | null;
    const answer = (prefetched ?? fetchBars(url, signal)).finally(forget);
    this.underWay.set(url, answer);
    signal?.addEventListener('abort', forget, { once: true });
    return answer;
  }

  /** Digest of the bars from one seq to another, both included. */
  async digest(range: Selection & Origin & { from: Seq; to: Seq }): Promise<ServerDigest> {
    const query = new URLSearchParams({
      symbol: range.symbol,
      timeframe: range.timeframe,
      from: String(range.from),
      to: String(range.to),
      ...(range.replay === undefined ? {} : { replay: range.replay }),
    });
    return readJson<ServerDigest>(await fetch(`/api/history/digest?${query.toString()}`));
  }

  /** What can be shown, in the order of the watchlist. */
  async symbols(): Promise<SymbolInfo[]> {
    const prefetched = takePrefetched(SYMBOLS_URL) as Promise<SymbolInfo[]> | null;
    return prefetched ?? readJson<SymbolInfo[]>(await fetch(SYMBOLS_URL));
  }
}

async function fetchBars(url: string, signal: AbortSignal | undefined): Promise<Bar[]> {
  return readJson<Bar[]>(await fetch(url, signal ? { signal } : {}));
}

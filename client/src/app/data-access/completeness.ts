import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import { canonicalBars } from '@libs/bars';
import { HistoryClient } from './history-client';
import { MarketStore } from './market-store';

/** Whether the bars in view are the server's, bar for bar. */
export type Completeness =
  | { readonly state: 'unknown' }
  | { readonly state: 'complete'; readonly bars: number; readonly sha256: string }
  | { readonly state: 'incomplete'; readonly bars: number; readonly serverBars: number };

const CHECK_PERIOD_MS = 180_000;

/** Compares the digest of the bars in view with the server's, after each seed and each reconnect, then every few minutes. */
@Injectable({ providedIn: 'root' })
export class CompletenessCheck {
  private readonly store = inject(MarketStore);
  private readonly history = inject(HistoryClient);
  private readonly result = signal<Completeness>({ state: 'unknown' });

  readonly completeness = this.result.asReadonly();

  constructor() {
    effect(() => {
      if (this.store.settled() > 0) untracked(() => void this.check());
    });
    setInterval(() => void this.check(), CHECK_PERIOD_MS);
  }

  private async check(): Promise<void> {
    const { symbol, timeframe } = this.store.selection();
    const { bars } = this.store.series();
    const [first, last] = [bars[0], bars.at(-1)];
    // Hashing is there on secure origins and on localhost; over plain HTTP elsewhere nothing is claimed.
    if (first === undefined || last === undefined || !('subtle' in crypto)) return;
    try {
      const [own, server] = await Promise.all([
        sha256(canonicalBars(bars)),
        this.history.digest({ symbol, timeframe, from: first.seq, to: last.seq }),
      ]);
      this.result.set(
        own === server.sha256
          ? { state: 'complete', bars: bars.length, sha256: own }
          : { state: 'incomplete', bars: bars.length, serverBars: server.count },
      );
    } catch {
      this.result.set({ state: 'unknown' });
    }
  }
}

async function sha256(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

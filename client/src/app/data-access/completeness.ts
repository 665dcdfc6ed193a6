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
/** A correction may be on its way when the digests differ; it has this long before the desk says so. */
const SECOND_LOOK_MS = 3_000;

/** Compares the digest of the bars in view with the server's, after each seed and each reconnect, then every few minutes. */
@Injectable({ providedIn: 'root' })
export class CompletenessCheck {
  private readonly store = inject(MarketStore);
  private readonly history = inject(HistoryClient);
  private readonly result = signal<Completeness>({ state: 'unknown' });
  private checks = 0;

  readonly completeness = this.result.asReadonly();

  constructor() {
    effect(() => {
      if (this.store.settled() > 0) untracked(() => void this.check());
    });
    setInterval(() => void this.check(), CHECK_PERIOD_MS);
  }

  /** Checks the series in view. An answer that was overtaken by another check is dropped. */
  private async check(): Promise<void> {
    const turn = ++this.checks;
    let found = await this.compare();
    if (found.state === 'incomplete' && turn === this.checks) {
      await new Promise((resolve) => setTimeout(resolve, SECOND_LOOK_MS));
      found = await this.compare();
    }
    if (turn === this.checks) this.result.set(found);
  }

  private async compare(): Promise<Completeness> {
    const { selection, series } = this.store.inView();
    const { bars } = series;
    const [first, last] = [bars[0], bars.at(-1)];
    // Hashing is there on secure origins and on localhost; over plain HTTP elsewhere nothing is claimed.
    if (first === undefined || last === undefined || !('subtle' in crypto)) return { state: 'unknown' };
    try {
      const [own, server] = await Promise.all([
        sha256(canonicalBars(bars)),
        this.history.digest({ ...selection, ...this.store.origin(), from: first.seq, to: last.seq }),
      ]);
      return own === server.sha256
        ? { state: 'complete', bars: bars.length, sha256: own }
        : { state: 'incomplete', bars: bars.length, serverBars: server.count };
    } catch {
      return { state: 'unknown' };
    }
  }
}

async function sha256(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

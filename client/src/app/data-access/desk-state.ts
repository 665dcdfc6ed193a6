import { computed, inject, Injectable, signal } from '@angular/core';
import { sessionAt } from '@libs/calendar';
import { MarketStore } from './market-store';
import { MarketStream } from './market-stream';

/** What the state badge says. */
export type DeskState =
  'connecting' | 'live' | 'idle' | 'delayed' | 'simulated' | 'replay' | 'stale' | 'down' | 'offline' | 'lost';

/** A short loss heals before anybody needs to be told. */
const QUIET_LOSS_MS = 2_000;

/** The state of line and data, as one word. Idle is told from broken by the calendar. */
@Injectable({ providedIn: 'root' })
export class DeskClock {
  private readonly now = signal(Date.now());
  private readonly online = signal(navigator.onLine);
  private readonly store = inject(MarketStore);
  private readonly stream = inject(MarketStream);
  private lostSinceMs: number | null = null;

  /** Wall time, moved on once a second. */
  readonly nowMs = this.now.asReadonly();

  readonly state = computed<DeskState>(() => {
    const nowMs = this.now();
    const status = this.store.status();
    const line = this.stream.line();
    if (!this.online()) return 'offline';
    if (line === 'lost') {
      this.lostSinceMs ??= nowMs;
      if (status === null) return 'connecting';
      if (nowMs - this.lostSinceMs >= QUIET_LOSS_MS) return 'lost';
    } else this.lostSinceMs = null;
    if (status === null) return 'connecting';
    const calendar = this.store.symbol()?.calendar ?? '24x7';
    const isClosed = sessionAt(nowMs, calendar).session === 'closed';
    return (status.state === 'live' || status.state === 'stale') && isClosed ? 'idle' : status.state;
  });

  constructor() {
    setInterval(() => {
      this.now.set(Date.now());
    }, 1_000);
    for (const change of ['online', 'offline'] as const) {
      addEventListener(change, () => {
        this.online.set(navigator.onLine);
      });
    }
  }
}

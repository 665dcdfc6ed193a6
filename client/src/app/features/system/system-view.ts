import { Component, computed, DestroyRef, inject, signal } from '@angular/core';
import { DiagClient, type Diag } from '../../data-access/diag-client';
import { DeskZone } from '../../data-access/desk-zone';
import { MarketStream } from '../../data-access/market-stream';
import { formatClock, formatCount, formatSpan } from '../../text/format';
import { Icon } from '../../ui/icon';
import { systemFacts, verdictOf } from './system-facts';

const REFRESH_MS = 5_000;
/** The button says for this long that it has worked. */
const COPIED_MS = 2_000;

/** What the server says about itself, for whoever has five minutes to find out what is wrong. */
@Component({
  selector: 'st-system-view',
  imports: [Icon],
  templateUrl: './system-view.html',
  styleUrl: './system-view.css',
})
export class SystemView {
  private readonly client = inject(DiagClient);
  private readonly stream = inject(MarketStream);

  private readonly zone = inject(DeskZone).zone;
  protected readonly diag = signal<Diag | null>(null);
  protected readonly fault = signal<string | null>(null);
  protected readonly isReading = signal(false);
  protected readonly isFollowing = signal(true);
  protected readonly isCopied = signal(false);

  protected readonly groups = computed(() => {
    const diag = this.diag();
    return diag === null ? [] : systemFacts(diag, this.zone());
  });
  protected readonly verdict = computed(() => {
    const diag = this.diag();
    return diag === null ? null : verdictOf(this.groups(), diag);
  });
  protected readonly readAt = computed(() => {
    const diag = this.diag();
    return diag === null ? '' : `${formatClock(diag.timestamp, this.zone())} ${this.zone().label}`;
  });
  protected readonly errors = computed(() => {
    const diag = this.diag();
    return (diag?.errors ?? []).map(({ message, count, lastAtMs }) => ({
      message,
      count: formatCount(count),
      age: formatSpan((diag?.timestamp ?? 0) - lastAtMs),
    }));
  });
  /** What this page itself sees of the line to the server. */
  protected readonly here = computed(() => {
    this.diag();
    return [
      { name: 'Line', value: this.stream.line() },
      { name: 'Reconnects', value: formatCount(this.stream.reconnectCount) },
      { name: 'Last verdict', value: this.stream.lastVerdict() ?? 'none' },
    ];
  });

  constructor() {
    void this.read();
    const timer = setInterval(() => {
      if (this.isFollowing() && document.visibilityState === 'visible') void this.read();
    }, REFRESH_MS);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
    });
  }

  protected async read(): Promise<void> {
    if (this.isReading()) return;
    this.isReading.set(true);
    try {
      this.diag.set(await this.client.read());
      this.fault.set(null);
    } catch (error) {
      const isAway = error instanceof TypeError;
      this.fault.set(isAway || !(error instanceof Error) ? 'The server does not answer.' : error.message);
    } finally {
      this.isReading.set(false);
    }
  }

  protected async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(JSON.stringify(this.diag(), null, 2));
      this.isCopied.set(true);
      setTimeout(() => {
        this.isCopied.set(false);
      }, COPIED_MS);
    } catch {
      this.fault.set('The browser did not allow copying. The same text is at /api/diag.');
    }
  }

  protected follow(event: Event): void {
    this.isFollowing.set((event.target as HTMLInputElement).checked);
  }
}

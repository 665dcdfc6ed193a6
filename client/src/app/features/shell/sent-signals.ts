import { effect, inject, Injectable, signal } from '@angular/core';
import { SessionStore } from '../../data-access/session-store';
import { SignalStore } from '../../data-access/signal-store';
import { ViewStore } from '../../data-access/view-store';

const PARAMETER = 'signal';

/** Opens the receipt of a signal whose notification was clicked, in the desk that was open or in one that opens for it. */
@Injectable({ providedIn: 'root' })
export class SentSignals {
  private readonly signals = inject(SignalStore);
  private readonly views = inject(ViewStore);
  /** What is to be opened as soon as the desk is not locked. */
  private readonly wanted = signal<string | null>(takeFromAddress());

  constructor() {
    const { isLocked } = inject(SessionStore);
    effect(() => {
      const id = this.wanted();
      if (id === null || isLocked()) return;
      this.wanted.set(null);
      this.views.open('desk');
      void this.signals.show(id);
    });
    if (!('serviceWorker' in navigator)) return;
    navigator.serviceWorker.addEventListener(
      'message',
      ({ data }: MessageEvent<{ signal?: unknown } | null>) => {
        if (typeof data?.signal === 'string') this.wanted.set(data.signal);
      },
    );
  }
}

/** Id of a signal in the page's address, which is then taken out of it. */
function takeFromAddress(): string | null {
  const url = new URL(location.href);
  const id = url.searchParams.get(PARAMETER);
  if (id === null) return null;
  url.searchParams.delete(PARAMETER);
  history.replaceState(history.state, '', url);
  return id;
}

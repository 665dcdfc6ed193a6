import { Injectable, signal } from '@angular/core';

/** Wall time for display, moved on once a second, and whether the device has a network. */
@Injectable({ providedIn: 'root' })
export class DeskClock {
  private readonly now = signal(Date.now());
  private readonly online = signal(navigator.onLine);

  readonly nowMs = this.now.asReadonly();
  readonly isOnline = this.online.asReadonly();

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

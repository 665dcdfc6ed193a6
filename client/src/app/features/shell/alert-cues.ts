import { inject, Injectable, signal } from '@angular/core';
import type { AlertEvent } from '@libs/contract';
import { DeskSound } from '../../data-access/desk-sound';
import { SettingsStore } from '../../data-access/settings-store';
import { SignalStore } from '../../data-access/signal-store';
import { ViewStore } from '../../data-access/view-store';

/** At most one line is read aloud in this time. */
const SPEECH_EVERY_MS = 5_000;
/** Tells of new alerts: by sound, by a notification of the browser, to screen readers. Muted rules are in the list alone. */
@Injectable({ providedIn: 'root' })
export class AlertCues {
  private readonly settings = inject(SettingsStore);
  private readonly sound = inject(DeskSound);
  private readonly signals = inject(SignalStore);
  private readonly views = inject(ViewStore);
  private readonly line = signal('');
  private spokenAtMs = -Infinity;

  /** For a live region. */
  readonly spoken = this.line.asReadonly();

  constructor() {
    this.signals.follow((alert) => {
      if (!alert.muted) this.tell(alert);
    });
  }

  private tell(alert: AlertEvent): void {
    const nowMs = performance.now();
    const { notifications } = this.settings.all();
    if (nowMs - this.spokenAtMs >= SPEECH_EVERY_MS) {
      this.spokenAtMs = nowMs;
      const where = this.signals.areReplayed() ? ', in the replay' : '';
      this.line.set(`${alert.symbol}, ${alert.rule.name}${where}`);
    }
    this.sound.play('signal');
    if (notifications && document.visibilityState === 'hidden' && !this.signals.areReplayed())
      this.notify(alert);
  }

  private notify(alert: AlertEvent): void {
    if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
    const { id, symbol, rule, explanation } = alert;
    const notification = new Notification(`${symbol} ${rule.name}`, { body: explanation, tag: id });
    notification.onclick = () => {
      window.focus();
      this.views.open('desk');
      this.signals.open(id);
    };
  }
}

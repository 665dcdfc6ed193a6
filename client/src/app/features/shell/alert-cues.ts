import { inject, Injectable, signal } from '@angular/core';
import type { AlertEvent } from '@libs/contract';
import { SettingsStore } from '../../data-access/settings-store';
import { SignalStore } from '../../data-access/signal-store';
import { ViewStore } from '../../data-access/view-store';

/** At most one sound in this time; the list counts the rest. */
const SOUND_EVERY_MS = 2_000;
/** At most one line is read aloud in this time. */
const SPEECH_EVERY_MS = 5_000;
const TONE_S = 0.08;
const ATTACK_S = 0.006;
/** -18 dBFS */
const LOUDNESS = 0.126;
/** D5, then A5. */
const NOTES_HZ = [587, 880] as const;

/** Tells of new alerts: by sound, by a notification of the browser, to screen readers. Muted rules are in the list alone. */
@Injectable({ providedIn: 'root' })
export class AlertCues {
  private readonly settings = inject(SettingsStore);
  private readonly signals = inject(SignalStore);
  private readonly views = inject(ViewStore);
  private readonly line = signal('');
  private audio: AudioContext | null = null;
  private soundAtMs = -Infinity;
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
    const { sound, notifications } = this.settings.all();
    if (nowMs - this.spokenAtMs >= SPEECH_EVERY_MS) {
      this.spokenAtMs = nowMs;
      this.line.set(`${alert.symbol}, ${alert.rule.name}`);
    }
    if (sound && nowMs - this.soundAtMs >= SOUND_EVERY_MS) {
      this.soundAtMs = nowMs;
      this.play();
    }
    if (notifications && document.visibilityState === 'hidden') this.notify(alert);
  }

  private play(): void {
    if (typeof AudioContext === 'undefined') return;
    this.audio ??= new AudioContext();
    const { audio } = this;
    // Until somebody has touched the page browsers keep it silent; the list has the signal all the same.
    if (audio.state === 'suspended') void audio.resume().catch(() => undefined);
    NOTES_HZ.forEach((frequency, index) => {
      const startS = audio.currentTime + index * TONE_S;
      const tone = new OscillatorNode(audio, { frequency });
      const gain = new GainNode(audio, { gain: 0 });
      gain.gain.setValueAtTime(0, startS);
      gain.gain.linearRampToValueAtTime(LOUDNESS, startS + ATTACK_S);
      gain.gain.linearRampToValueAtTime(0, startS + TONE_S);
      tone.connect(gain).connect(audio.destination);
      tone.start(startS);
      tone.stop(startS + TONE_S);
    });
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

import { inject, Injectable } from '@angular/core';
import type { Cue, Settings } from './settings';
import { SettingsStore } from './settings-store';

/** At most one sound in this time, whatever happens; the lists count the rest. */
const SOUND_EVERY_MS = 2_000;
const ATTACK_S = 0.006;

/** A tone: where it begins and how long it lasts, in seconds. */
interface Tone {
  readonly hz: number;
  readonly atS: number;
  readonly forS: number;
}

interface Sound {
  readonly wave: OscillatorType;
  /** Of full scale, at full volume. */
  readonly loudness: number;
  readonly tones: readonly Tone[];
}

/** Two notes up for a signal, one note twice for trouble, a fourth up for its end, a click for a bar. */
const SOUNDS: Readonly<Record<Cue, Sound>> = {
  signal: {
    wave: 'sine',
    loudness: 0.21,
    tones: [
      { hz: 587, atS: 0, forS: 0.08 },
      { hz: 880, atS: 0.08, forS: 0.08 },
    ],
  },
  attention: {
    wave: 'triangle',
    loudness: 0.21,
    tones: [
      { hz: 440, atS: 0, forS: 0.12 },
      { hz: 440, atS: 0.21, forS: 0.12 },
    ],
  },
  well: {
    wave: 'sine',
    loudness: 0.105,
    tones: [
      { hz: 440, atS: 0, forS: 0.06 },
      { hz: 587, atS: 0.06, forS: 0.06 },
    ],
  },
  bar: { wave: 'square', loudness: 0.05, tones: [{ hz: 1_200, atS: 0, forS: 0.008 }] },
};

/** Whether a minute of the day lies in the quiet hours. */
export function isQuiet(quiet: Settings['quietHours'], minute: number): boolean {
  if (quiet === null) return false;
  const { from, to } = quiet;
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** What the desk makes heard, made from tones, as far as the settings let it. */
@Injectable({ providedIn: 'root' })
export class DeskSound {
  private readonly settings = inject(SettingsStore);
  private audio: AudioContext | null = null;
  private playedAtMs = -Infinity;

  /** Makes a cue heard, unless it is switched off, the hours are quiet, or another one was heard just now. */
  play(cue: Cue): void {
    const { sound, cues, quietHours } = this.settings.all();
    const now = new Date();
    if (!sound || !cues[cue] || isQuiet(quietHours, now.getHours() * 60 + now.getMinutes())) return;
    if (performance.now() - this.playedAtMs < SOUND_EVERY_MS) return;
    this.playedAtMs = performance.now();
    this.try(cue);
  }

  /** Makes a cue heard because somebody wants to know what it is like. */
  try(cue: Cue): void {
    if (typeof AudioContext === 'undefined') return;
    this.audio ??= new AudioContext();
    const { audio } = this;
    // Until somebody has touched the page browsers keep it silent; the lists have everything all the same.
    if (audio.state === 'suspended') void audio.resume().catch(() => undefined);
    const { wave, loudness, tones } = SOUNDS[cue];
    const peak = loudness * (this.settings.all().volume / 100);
    for (const { hz, atS, forS } of tones) {
      const startS = audio.currentTime + atS;
      const tone = new OscillatorNode(audio, { type: wave, frequency: hz });
      const gain = new GainNode(audio, { gain: 0 });
      gain.gain.setValueAtTime(0, startS);
      gain.gain.linearRampToValueAtTime(peak, startS + Math.min(ATTACK_S, forS / 2));
      gain.gain.linearRampToValueAtTime(0, startS + forS);
      tone.connect(gain).connect(audio.destination);
      tone.start(startS);
      tone.stop(startS + forS);
    }
  }
}

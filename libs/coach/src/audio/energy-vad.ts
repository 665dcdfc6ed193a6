import type { DurationMs } from '@libs/bars';
import { PCM_RATE_HZ } from './pcm.js';

/** How speech is told from silence by loudness. */
export interface VadOptions {
  /** Root mean square above which a window is loud, of full scale 1. */
  readonly threshold: number;
  /** Loud for so long is speech; a cough is over sooner. */
  readonly holdMs: DurationMs;
  /** Quiet for so long ends speech. */
  readonly silenceMs: DurationMs;
}

/** 250 ms of sound to begin, half a second of silence to end. */
export const VAD_DEFAULTS: VadOptions = { threshold: 0.02, holdMs: 250, silenceMs: 500 };

/** Speech began or ended, in milliseconds of audio heard so far. */
export interface VadEvent {
  readonly kind: 'started' | 'stopped';
  readonly atMs: DurationMs;
}

const WINDOW_MS = 10;
const WINDOW_SAMPLES = (PCM_RATE_HZ * WINDOW_MS) / 1_000;
/** Quiet between two syllables does not break the hold. */
const DIP_MS = 40;

/** Voice activity by energy, over samples in pieces of any length: the same events however they are cut. */
export class EnergyVad {
  private heardMs = 0;
  private loudMs = 0;
  private quietMs = 0;
  private startedMs: DurationMs | null = null;
  private squares = 0;
  private filled = 0;

  constructor(private readonly options: VadOptions = VAD_DEFAULTS) {}

  get isSpeech(): boolean {
    return this.startedMs !== null;
  }

  /** Milliseconds of audio taken, in whole windows. */
  get atMs(): DurationMs {
    return this.heardMs;
  }

  /** Takes samples (24 kHz, full scale 32,768) and returns what began or ended in them. */
  push(samples: Int16Array): VadEvent[] {
    const events: VadEvent[] = [];
    for (const sample of samples) {
      this.squares += sample * sample;
      if (++this.filled < WINDOW_SAMPLES) continue;
      const isLoud = Math.sqrt(this.squares / WINDOW_SAMPLES) / 32_768 > this.options.threshold;
      this.squares = 0;
      this.filled = 0;
      const event = this.window(isLoud);
      if (event !== null) events.push(event);
    }
    return events;
  }

  /** Forgets speech that has begun; the time goes on. */
  reset(): void {
    this.startedMs = null;
    this.loudMs = 0;
    this.quietMs = 0;
  }

  private window(isLoud: boolean): VadEvent | null {
    this.heardMs += WINDOW_MS;
    if (isLoud) {
      this.loudMs += WINDOW_MS + (this.loudMs > 0 ? this.quietMs : 0);
      this.quietMs = 0;
      if (this.startedMs !== null || this.loudMs < this.options.holdMs) return null;
      this.startedMs = this.heardMs - this.loudMs;
      return { kind: 'started', atMs: this.startedMs };
    }
    this.quietMs += WINDOW_MS;
    if (this.startedMs === null) {
      if (this.quietMs > DIP_MS) this.loudMs = 0;
      return null;
    }
    if (this.quietMs < this.options.silenceMs) return null;
    this.reset();
    return { kind: 'stopped', atMs: this.heardMs };
  }
}

import { computed, signal } from '@angular/core';
import { EnergyVad, PCM_RATE_HZ } from '@libs/coach';
import { Dictation } from './dictation';
import { Microphone, MicrophoneFault } from './microphone';

/** How the trader's voice gets in. */
export type MicrophoneUse = 'off' | 'hands-free' | 'held';

/** Less than this is no turn. */
const SHORTEST_TURN_MS = 100;

/** Told what the microphone brings. */
export interface VoiceListener {
  /** A piece of sound that is to go on its way, 24 kHz. */
  onSound(samples: Int16Array): void;
  /** Speech has begun; a cough is none. */
  onSpeech(): void;
  /** What the browser wrote down. */
  onWords(text: string): void;
}

/** The trader's voice: the microphone, held or always open, whether it is speech, and the words where the browser writes them down. */
export class TraderVoice {
  private readonly microphoneUse = signal<MicrophoneUse>('off');
  private readonly hearing = signal(false);
  private readonly microphone = new Microphone((samples) => {
    this.hear(samples);
  });
  private readonly dictation: Dictation;
  private readonly vad = new EnergyVad();
  /** Milliseconds that came since the microphone was opened. */
  private heldMs = 0;

  readonly use = this.microphoneUse.asReadonly();
  /** Whether the trader is speaking. */
  readonly isHearing = this.hearing.asReadonly();
  readonly isOpen = computed(() => this.microphoneUse() !== 'off');

  constructor(private readonly listener: VoiceListener) {
    this.dictation = new Dictation((text) => {
      listener.onWords(text);
    });
  }

  /** Whether there was sound enough for a turn, and nobody wrote it down. */
  get hasSaid(): boolean {
    return this.heldMs >= SHORTEST_TURN_MS && !this.dictation.isOn;
  }

  /** What it is for, from now on; the microphone itself is opened by {@link open}. */
  prepare(use: MicrophoneUse): void {
    this.microphoneUse.set(use);
    this.heldMs = 0;
    this.vad.reset();
  }

  /** Opens the microphone. Returns why there is none, in words for the trader; `null` where it is open or no longer wanted. */
  async open(writesDown: () => boolean): Promise<string | null> {
    try {
      await this.microphone.open();
    } catch (fault) {
      this.close();
      return fault instanceof MicrophoneFault ? fault.message : String(fault);
    }
    // Let go, or closed, while the browser was asking.
    if (this.microphoneUse() === 'off') this.microphone.close();
    else if (writesDown()) this.dictation.start();
    return null;
  }

  close(): void {
    this.microphone.close();
    this.dictation.stop();
    this.microphoneUse.set('off');
    this.hearing.set(false);
  }

  private hear(samples: Int16Array): void {
    if (this.microphoneUse() === 'off') return;
    for (const { kind } of this.vad.push(samples)) {
      this.hearing.set(kind === 'started');
      if (kind === 'started') this.listener.onSpeech();
    }
    this.heldMs += (samples.length * 1_000) / PCM_RATE_HZ;
    // Words the browser writes down need no sound on the way.
    if (!this.dictation.isOn) this.listener.onSound(samples);
  }
}

import { bytesOf, PCM_RATE_HZ } from '@libs/coach';
import type { Clock } from '../../common/clock.js';

/** Speech that is sent ahead of what can have been heard by now: an interruption throws no more than this away. */
export const LEAD_MS = 1_500;
const PIECE_MS = 100;
const PIECE_SAMPLES = (PCM_RATE_HZ * PIECE_MS) / 1_000;

/** Sends speech in pieces, no further ahead of its playing than {@link LEAD_MS}. */
export class SpeechPacer {
  private startedMs: number | null = null;
  private ms = 0;
  private isStopped = false;
  private wake = (): void => undefined;

  constructor(
    private readonly clock: Clock,
    /** Takes one piece: base64 of PCM. */
    private readonly send: (base64: string) => void,
  ) {}

  /** Milliseconds sent so far. */
  get sentMs(): number {
    return Math.floor(this.ms);
  }

  /** Sends samples; resolves when they are all sent, or at once after {@link stop}. */
  async play(samples: Int16Array): Promise<void> {
    this.startedMs ??= this.clock.nowMs();
    for (let at = 0; at < samples.length; at += PIECE_SAMPLES) {
      const aheadMs = this.ms - (this.clock.nowMs() - this.startedMs);
      if (aheadMs > LEAD_MS) await this.pause(aheadMs - LEAD_MS);
      if (this.isStopped) return;
      const piece = samples.subarray(at, at + PIECE_SAMPLES);
      this.send(Buffer.from(bytesOf(piece)).toString('base64'));
      this.ms += (piece.length * 1_000) / PCM_RATE_HZ;
    }
  }

  /** Sends nothing more. */
  stop(): void {
    this.isStopped = true;
    this.wake();
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.isStopped) {
        resolve();
        return;
      }
      const cancel = this.clock.after(Math.max(PIECE_MS, delayMs), resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

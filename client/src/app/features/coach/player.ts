import type { DurationMs } from '@libs/bars';
import { PCM_RATE_HZ } from '@libs/coach';

/** What was being said when it was stopped, and how much of its sound had been heard. */
export interface StoppedSpeech {
  readonly itemId: string;
  readonly heardMs: DurationMs;
}

interface Piece {
  readonly itemId: string;
  readonly source: AudioBufferSourceNode;
  readonly startS: number;
  readonly endS: number;
}

/** Sound that waits to be played; a coach that says more at once is cut off there. Three minutes. */
const MOST_QUEUED_S = 180;
/** The first piece waits this long, so that the second one joins it without a gap. */
const START_S = 0.04;
const FULL_SCALE = 32_768;

/** Plays speech as it comes, piece behind piece, knows how much of it was heard, and is silent at once. */
export class Player {
  private audio: AudioContext | null = null;
  private pieces: Piece[] = [];
  private endS = 0;
  private readonly playedS = new Map<string, number>();

  /** `onChange`: it began, or fell silent. */
  constructor(private readonly onChange: (isPlaying: boolean) => void) {}

  /** Whether this browser can play at all. */
  static get canPlay(): boolean {
    return typeof AudioContext !== 'undefined';
  }

  get isPlaying(): boolean {
    return this.pieces.length > 0;
  }

  /** Makes ready; to be called in a key press or a click, because browsers keep a page silent until then. */
  wake(): void {
    if (!Player.canPlay) return;
    this.audio ??= new AudioContext({ sampleRate: PCM_RATE_HZ, latencyHint: 'interactive' });
    if (this.audio.state === 'suspended') void this.audio.resume().catch(() => undefined);
  }

  /** Takes samples of an item, 24 kHz. Returns how much of them will be played. */
  push(itemId: string, samples: Int16Array): DurationMs {
    this.wake();
    const { audio } = this;
    if (audio === null || samples.length === 0) return 0;
    if (this.endS - audio.currentTime > MOST_QUEUED_S) return 0;
    const buffer = audio.createBuffer(1, samples.length, PCM_RATE_HZ);
    buffer.copyToChannel(
      Float32Array.from(samples, (sample) => sample / FULL_SCALE),
      0,
    );
    const source = audio.createBufferSource();
    source.buffer = buffer;
    source.connect(audio.destination);
    const startS = Math.max(this.endS, audio.currentTime + START_S);
    const piece = { itemId, source, startS, endS: startS + buffer.duration };
    this.endS = piece.endS;
    const wasSilent = this.pieces.length === 0;
    this.pieces.push(piece);
    source.onended = () => {
      this.finish(piece);
    };
    source.start(startS);
    if (wasSilent) this.onChange(true);
    return buffer.duration * 1_000;
  }

  /** How much of an item's sound has been heard by now. */
  heardMs(itemId: string): DurationMs {
    const { audio } = this;
    if (audio === null) return 0;
    const nowS = audio.currentTime - (audio.outputLatency || 0);
    const partly = this.pieces
      .filter((piece) => piece.itemId === itemId)
      .reduce((sum, { startS, endS }) => sum + Math.min(endS - startS, Math.max(0, nowS - startS)), 0);
    return ((this.playedS.get(itemId) ?? 0) + partly) * 1_000;
  }

  /** Silent at once; what waited is dropped. `null` where nothing was being said. */
  stop(): StoppedSpeech | null {
    const [first] = this.pieces;
    if (first === undefined) return null;
    const stopped = { itemId: first.itemId, heardMs: Math.floor(this.heardMs(first.itemId)) };
    for (const { source } of this.pieces) {
      source.onended = null;
      source.disconnect();
      source.stop();
    }
    this.pieces = [];
    this.endS = 0;
    this.playedS.clear();
    this.onChange(false);
    return stopped;
  }

  /** Lets go of the sound device. */
  async close(): Promise<void> {
    this.stop();
    const { audio } = this;
    this.audio = null;
    await audio?.close();
  }

  private finish(piece: Piece): void {
    this.pieces = this.pieces.filter((one) => one !== piece);
    const { itemId, startS, endS } = piece;
    // Only of what is spoken now: an item is over when another one is heard.
    if (!this.playedS.has(itemId)) this.playedS.clear();
    this.playedS.set(itemId, (this.playedS.get(itemId) ?? 0) + endS - startS);
    if (this.pieces.length === 0) this.onChange(false);
  }
}

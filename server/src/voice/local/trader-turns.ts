import { EnergyVad, PCM_BYTES_PER_MS, samplesOf, type VadOptions } from '@libs/coach';
import type { ServerEvent } from '../coach-link.port.js';
import { newId } from '../protocol.js';

/** Less than this is no turn. */
const SHORTEST_TURN_MS = 100;

/** Told of the turns in what comes from the microphone. */
export interface TurnListener {
  /** Item that stands before the next one, `null` before the first. */
  previousItemId(): string | null;
  emit(event: ServerEvent): void;
  /** The trader has begun to speak. */
  onSpeech(): void;
  /** A turn is an item from now on. `isOver`: a pause ended it, and not the client. */
  onTurn(itemId: string, isOver: boolean): void;
}

/** The trader's sound cut into turns: by pauses, or where the client says so. */
export class TraderTurns {
  private vad: EnergyVad | null = new EnergyVad();
  private pendingBytes = 0;
  private turnId: string | null = null;

  constructor(private readonly listener: TurnListener) {}

  /** Whether the trader is speaking. */
  get isSpeech(): boolean {
    return this.vad?.isSpeech === true;
  }

  /** `null`: the client says itself when a turn is over. */
  detectBy(options: VadOptions | null): void {
    this.vad = options === null ? null : new EnergyVad(options);
  }

  hear(bytes: Buffer): void {
    this.pendingBytes += bytes.length;
    const { vad, listener } = this;
    if (vad === null) return;
    for (const { kind, atMs } of vad.push(samplesOf(bytes))) {
      const itemId = (this.turnId ??= newId('item'));
      if (kind === 'started') {
        listener.emit({ type: 'input_audio_buffer.speech_started', audio_start_ms: atMs, item_id: itemId });
        listener.onSpeech();
      } else {
        listener.emit({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: atMs, item_id: itemId });
        this.end(itemId, true);
      }
    }
  }

  /** The client ends a turn; `false` where there was no sound to speak of. */
  commit(): boolean {
    if (this.pendingBytes < SHORTEST_TURN_MS * PCM_BYTES_PER_MS) return false;
    this.end(this.turnId ?? newId('item'), false);
    return true;
  }

  clear(): void {
    this.pendingBytes = 0;
    this.vad?.reset();
    this.listener.emit({ type: 'input_audio_buffer.cleared' });
  }

  private end(itemId: string, isOver: boolean): void {
    this.pendingBytes = 0;
    this.turnId = null;
    this.vad?.reset();
    const previous = this.listener.previousItemId();
    this.listener.emit({
      type: 'input_audio_buffer.committed',
      item_id: itemId,
      previous_item_id: previous,
    });
    this.listener.onTurn(itemId, isOver);
  }
}

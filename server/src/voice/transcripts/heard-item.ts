import { heardCharacters, NOTHING_SPOKEN, PCM_BYTES_PER_MS, withSound, withWords } from '@libs/coach';
import type { DurationMs, EpochMs } from '@libs/bars';

/** One message of the coach on its way to the trader's ear. */
export class HeardItem {
  /** Symbol of the first figure in it, `null` for none. */
  symbol: string | null = null;
  private spoken = NOTHING_SPOKEN;
  private firstSoundMs: EpochMs | null = null;
  /** What the client says was heard, `null` where it has not said. */
  private toldMs: DurationMs | null = null;

  addWords(words: string): void {
    this.spoken = withWords(this.spoken, words);
  }

  /** Takes sound, base64 of PCM; the sound itself is not kept. */
  addSound(base64: string, nowMs: EpochMs): void {
    this.firstSoundMs ??= nowMs;
    this.spoken = withSound(this.spoken, Buffer.byteLength(base64, 'base64') / PCM_BYTES_PER_MS);
  }

  /** All of it was sent. */
  complete(): void {
    this.spoken = { ...this.spoken, isWhole: true };
  }

  /** The client fell silent after so much of it. */
  cut(heardMs: DurationMs): void {
    this.toldMs = heardMs;
  }

  /** The words that were heard, as the client says, else by the time that has passed since the first sound. */
  textAt(nowMs: EpochMs): string {
    const { spoken, firstSoundMs, toldMs } = this;
    if (firstSoundMs === null) return spoken.text.trim();
    return spoken.text.slice(0, heardCharacters(spoken, toldMs ?? nowMs - firstSoundMs)).trim();
  }

  /** All words, where the client has not said that less was heard. */
  get text(): string {
    return this.toldMs === null ? this.spoken.text.trim() : this.textAt(0);
  }
}

import { computed, Injectable, signal } from '@angular/core';
import type { TranscriptLine, Transcripts } from '@libs/contract';
import { sendDelete, wordsOfFailure } from '../../data-access/api-request';
import { readJson } from '../../data-access/json-answer';

/** Lines asked for at once. */
const PAGE = 50;

/** What was said to the coach and by it, as it is searched and paged through. */
@Injectable({ providedIn: 'root' })
export class TranscriptStore {
  private readonly read = signal<readonly TranscriptLine[]>([]);
  private readonly hasMore = signal(false);
  private readonly reading = signal(false);
  private readonly failure = signal<string | null>(null);
  private words = '';
  /** Rises with every search; answers to earlier ones come to nothing. */
  private turn = 0;

  /** Newest first. */
  readonly lines = this.read.asReadonly();
  readonly more = this.hasMore.asReadonly();
  readonly isReading = this.reading.asReadonly();
  /** Why it could not be read or deleted, `null` where it could. */
  readonly fault = this.failure.asReadonly();
  readonly isEmpty = computed(() => this.read().length === 0 && !this.reading() && this.failure() === null);

  /** Reads the newest lines that hold the words; all of them where there are none. */
  search(words: string): Promise<void> {
    this.words = words.trim();
    this.read.set([]);
    this.hasMore.set(false);
    return this.page();
  }

  /** Reads the lines before the oldest one at hand. */
  older(): Promise<void> {
    return this.page(this.read().at(-1)?.id);
  }

  async removeAll(): Promise<void> {
    try {
      await sendDelete('/api/coach/transcripts');
      await this.search('');
    } catch (error) {
      this.failure.set(wordsOfFailure(error));
    }
  }

  private async page(before?: number): Promise<void> {
    const turn = ++this.turn;
    this.reading.set(true);
    this.failure.set(null);
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (this.words !== '') query.set('q', this.words);
    if (before !== undefined) query.set('before', String(before));
    try {
      const { lines, more } = await readJson<Transcripts>(await fetch(`/api/coach/transcripts?${query}`));
      if (turn !== this.turn) return;
      this.read.update((known) => (before === undefined ? lines : [...known, ...lines]));
      this.hasMore.set(more);
    } catch (error) {
      if (turn === this.turn) this.failure.set(wordsOfFailure(error));
    } finally {
      if (turn === this.turn) this.reading.set(false);
    }
  }
}

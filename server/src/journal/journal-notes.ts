import { Injectable } from '@nestjs/common';
import type { EpochMs } from '@libs/bars';
import { newEntrySchema } from '@libs/contract';
import { EntriesService } from './entries.service.js';
import { EntryStore } from './entry-store.js';

/** A note as others may read it. */
export interface FoundNote {
  readonly id: string;
  readonly atMs: EpochMs;
  readonly symbol: string | null;
  readonly text: string;
  readonly tags: readonly string[];
  readonly setup: string | null;
}

/** Notes one search gives at most. */
const MOST_FOUND = 50;

/** What other modules may ask of the journal. */
@Injectable()
export class JournalNotes {
  constructor(
    private readonly entries: EntryStore,
    private readonly writing: EntriesService,
  ) {}

  /** Writes a note about this moment. Throws a problem where the journal is full. */
  async add(ownerId: number, text: string, symbol: string | null): Promise<void> {
    await this.writing.create(ownerId, newEntrySchema.parse({ text, symbol }));
  }

  /** The owner's notes whose text, tags or setup hold the words, newest first; all notes where there are no words. */
  async search(ownerId: number, words: string, limit: number): Promise<FoundNote[]> {
    const text = words.trim() === '' ? undefined : words.trim();
    const found = await this.entries.find(ownerId, { text, limit: Math.min(limit, MOST_FOUND) });
    return found.map(({ note }) => ({
      id: note.id,
      atMs: note.atMs,
      symbol: note.symbol,
      text: note.text,
      tags: note.tags,
      setup: note.setup,
    }));
  }
}

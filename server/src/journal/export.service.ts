import { Injectable } from '@nestjs/common';
import { JournalJsonWriter, journalToCsv } from '@libs/journal';
import { EntryStore } from './entry-store.js';
import { FillStore } from './fill-store.js';
import type { ExportQuery } from './journal-requests.js';

/** The journal as a file, written as it is read: what it takes does not grow with the journal. */
@Injectable()
export class ExportService {
  constructor(
    private readonly fills: FillStore,
    private readonly entries: EntryStore,
  ) {}

  /** The text of the file, in parts. */
  text(ownerId: number, { format, part }: ExportQuery): AsyncGenerator<string> {
    return format === 'json' ? this.json(ownerId) : this.csv(ownerId, part);
  }

  private async *json(ownerId: number): AsyncGenerator<string> {
    const writer = new JournalJsonWriter();
    yield writer.begin();
    for await (const fills of this.fills.inTimeOrder(ownerId)) yield writer.fills(fills);
    for await (const notes of this.entries.pages(ownerId)) yield writer.notes(notes);
    yield writer.end();
  }

  private async *csv(ownerId: number, part: ExportQuery['part']): AsyncGenerator<string> {
    const empty = journalToCsv({ fills: [], notes: [] });
    yield empty[part];
    if (part === 'fills') {
      for await (const fills of this.fills.inTimeOrder(ownerId))
        yield journalToCsv({ fills, notes: [] }).fills.slice(empty.fills.length);
      return;
    }
    for await (const notes of this.entries.pages(ownerId))
      yield journalToCsv({ fills: [], notes }).notes.slice(empty.notes.length);
  }
}

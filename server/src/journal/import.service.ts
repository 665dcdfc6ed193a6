import { Injectable } from '@nestjs/common';
import type { ImportBegin, ImportCommit, ImportCounts, ImportFormat, ImportState } from '@libs/contract';
import {
  checkedMapping,
  isZone,
  PRESETS,
  type ColumnMapping,
  type Fill,
  type JournalNote,
  type RowIssue,
} from '@libs/journal';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { badField, ProblemException } from '../common/problem.exception.js';
import { EntryStore } from './entry-store.js';
import { FillStore } from './fill-store.js';
import { ImportWork } from './import-work.js';
import { ImportStore, type ImportBody, type IssueKind, type StoredImport } from './import-store.js';
import { JournalFileReader, type ReceivedFile } from './journal-file-reader.js';
import { LARGEST_JOURNAL } from './limits.js';
import { MappingStore } from './mapping-store.js';
import { messageOf } from '../common/errors.js';
import { TradeBooks } from './trade-books.js';
import type { ReadJob, ReadMessage } from './read-journal-file.js';

/** Characters of one file: some 200,000 executions. */
const LARGEST_FILE_CHARACTERS = 24 * 1024 * 1024;
const MOST_PARTS = 1_000;
const NOTES_AT_A_TIME = 1_000;
/** Files of one owner that were begun and never imported; one more makes the oldest go. */
const MOST_OPEN_IMPORTS = 4;
/** Fills shown before a file is imported. */
const SAMPLE_FILLS = 20;
/** Skipped rows kept for the report; refused ones are all kept. */
const MOST_SKIPPED_KEPT = 10_000;

const NOTHING: ImportCounts = {
  fills: 0,
  refused: 0,
  skipped: 0,
  added: 0,
  known: 0,
  changed: 0,
  notesAdded: 0,
  notesKnown: 0,
  notesChanged: 0,
};

/** An import and the first fills of its file. */
export type ShownImport = ImportState & { readonly sample: readonly Fill[] };

/** Files on their way into the journal: received in parts, shown, and imported as a whole or not at all. */
@Injectable()
export class ImportService {
  private readonly work: ImportWork;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly imports: ImportStore,
    private readonly mappings: MappingStore,
    private readonly fills: FillStore,
    private readonly entries: EntryStore,
    private readonly reader: JournalFileReader,
    private readonly books: TradeBooks,
  ) {
    this.work = new ImportWork(clock);
  }

  async list(ownerId: number): Promise<ImportState[]> {
    return (await this.imports.list(ownerId)).map((one) => this.stateOf(one));
  }

  /** How far an import is, with the first fills of the file once it was read. */
  async get(ownerId: number, id: string): Promise<ShownImport> {
    const found = await this.demand(ownerId, id);
    return { ...this.stateOf(found), sample: found.body.sample };
  }

  /** Begins an import; with the whole content it is read at once, and with `commit` imported. */
  async begin(ownerId: number, begun: ImportBegin): Promise<ShownImport> {
    const job = await this.jobOf(ownerId, begun);
    await this.makeRoom(ownerId);
    const id = `i-${randomBytes(8).toString('hex')}`;
    const { fileName, format, content, commit } = begun;
    await this.imports.add(ownerId, id, this.clock.nowMs(), {
      fileName,
      format,
      job,
      counts: null,
      sample: [],
    });
    if (content === undefined) return this.get(ownerId, id);
    await this.takePart(ownerId, id, 0, content);
    const shown = await this.preview(ownerId, id, 1);
    if (!commit || shown.state !== 'receiving') return shown;
    return this.commit(ownerId, id, { parts: 1, withoutRefused: false });
  }

  /** Takes a part of the file, from 0; the same part may come again. */
  async takePart(ownerId: number, id: string, part: number, content: string): Promise<ShownImport> {
    const found = await this.demandReceiving(ownerId, id);
    if (part >= MOST_PARTS) throw tooLarge();
    if (found.receivedCharacters + content.length > LARGEST_FILE_CHARACTERS) throw tooLarge();
    if (!(await this.imports.putPart(id, part, content))) {
      throw new ProblemException({
        status: 409,
        detail: `Part ${part} came before with another content. Begin the import again.`,
      });
    }
    return this.get(ownerId, id);
  }

  /** Reads the file and keeps the report; nothing is imported. A large file is still `reading` in the answer. */
  async preview(ownerId: number, id: string, parts: number): Promise<ShownImport> {
    const found = await this.demandReceiving(ownerId, id);
    await this.demandParts(id, parts);
    await this.work.run(id, 'reading', async (handled) => {
      let counts = NOTHING;
      const sample: Fill[] = [];
      await this.fills.dropUnfinished(id);
      await this.imports.dropIssues(id);
      for await (const message of this.reader.read(this.fileOf(found, parts), found.body.job)) {
        if (message.kind === 'fills')
          sample.push(...message.fills.slice(0, Math.max(0, SAMPLE_FILLS - sample.length)));
        if (message.kind === 'refused' || message.kind === 'skipped')
          await this.keepIssues(id, message.kind, counts[message.kind], message.issues);
        counts = added(counts, (await this.sorted(ownerId, id, message)).counts);
        handled(counts.fills);
      }
      await this.imports.setBody(id, { ...found.body, counts, sample });
    });
    return this.get(ownerId, id);
  }

  /**
   * Imports the file: all of it, or nothing. A second call answers as the first did, or joins it while a large file is still
   * `writing`. 409 where rows were refused and the
   * caller did not say that it goes without them.
   */
  async commit(ownerId: number, id: string, { parts, withoutRefused }: ImportCommit): Promise<ShownImport> {
    const found = await this.demand(ownerId, id);
    if (found.state !== 'receiving') return this.get(ownerId, id);
    await this.demandParts(id, parts);
    await this.work.run(id, 'writing', async (handled) => {
      await this.fills.dropUnfinished(id);
      let counts = NOTHING;
      const notes: JournalNote[] = [];
      // Fills are written batch by batch, and nobody sees them: a transaction over all of them would keep everybody else
      // from the database for as long.
      for await (const message of this.reader.read(this.fileOf(found, parts), found.body.job)) {
        const sorted = await this.sorted(ownerId, id, message);
        counts = added(counts, sorted.counts);
        if (counts.refused > 0 && !withoutRefused) throw refusedRows(id, found.body.counts);
        await this.fills.add(ownerId, sorted.fills, id);
        notes.push(...sorted.notes);
        handled(counts.fills);
      }
      await this.finish(ownerId, id, notes, { ...found.body, counts });
      await this.books.bringUpToDate(ownerId);
    });
    return this.get(ownerId, id);
  }

  /** From here on everything of the file counts; or nothing does. */
  private async finish(
    ownerId: number,
    id: string,
    notes: readonly JournalNote[],
    body: ImportBody,
  ): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      if ((await this.imports.lock(ownerId, id, db)) !== 'receiving') return;
      for (let from = 0; from < notes.length; from += NOTES_AT_A_TIME)
        await this.entries.add(ownerId, notes.slice(from, from + NOTES_AT_A_TIME), this.clock.nowMs(), db);
      await this.imports.setState(id, 'done', db, body);
      await this.fills.touchImport(ownerId, id, db);
      await this.imports.dropParts(id, db);
    });
  }

  /** Throws away an import that was not finished; deletes the fills of one that was. They can be brought back. */
  async undo(ownerId: number, id: string): Promise<void> {
    const found = await this.demand(ownerId, id);
    if (found.state === 'receiving') await this.imports.remove(ownerId, id);
    else await this.setUndone(ownerId, id, true);
  }

  /** Brings back the fills of an import that was undone. */
  async redo(ownerId: number, id: string): Promise<ShownImport> {
    await this.demand(ownerId, id);
    await this.setUndone(ownerId, id, false);
    return this.get(ownerId, id);
  }

  /** Rows of the report, in the order of the file. */
  async issues(
    ownerId: number,
    id: string,
    kind: IssueKind,
    page: { after: number; limit: number },
  ): Promise<RowIssue[]> {
    await this.demand(ownerId, id);
    return this.imports.issues(id, kind, page);
  }

  private async setUndone(ownerId: number, id: string, isUndone: boolean): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      const state = await this.imports.lock(ownerId, id, db);
      if (state !== (isUndone ? 'done' : 'undone')) return;
      await this.imports.setState(id, isUndone ? 'undone' : 'done', db);
      await this.fills.touchImport(ownerId, id, db);
    });
  }

  private fileOf({ id, receivedCharacters }: StoredImport, parts: number): ReceivedFile {
    return { characters: receivedCharacters, parts: this.imports.parts(id, parts) };
  }

  /** Tells what of a batch is new. */
  private async sorted(
    ownerId: number,
    id: string,
    message: ReadMessage,
  ): Promise<{
    counts: Partial<ImportCounts>;
    fills: readonly Fill[];
    notes: readonly JournalNote[];
  }> {
    if (message.kind === 'fills') {
      const plan = await this.fills.plan(ownerId, message.fills, id);
      const counts = {
        fills: message.fills.length,
        added: plan.added.length,
        known: plan.known.length,
        changed: plan.changed.length,
      };
      return { counts, fills: plan.added, notes: [] };
    }
    if (message.kind === 'notes') {
      const {
        added: fresh,
        known,
        changed,
      } = planNotes(message.notes, await this.entries.onRecord(ownerId, message.notes));
      return {
        counts: { notesAdded: fresh.length, notesKnown: known, notesChanged: changed },
        fills: [],
        notes: fresh,
      };
    }
    return { counts: { [message.kind]: message.issues.length }, fills: [], notes: [] };
  }

  private async keepIssues(
    id: string,
    kind: IssueKind,
    kept: number,
    issues: readonly RowIssue[],
  ): Promise<void> {
    const room = kind === 'refused' ? issues.length : Math.max(0, MOST_SKIPPED_KEPT - kept);
    if (room > 0) await this.imports.addIssues(id, kind, kept, issues.slice(0, room));
  }

  private async jobOf(ownerId: number, begun: ImportBegin): Promise<ReadJob> {
    const { format, zone, account, currency, multipliers } = begun;
    if ('own' in format) return { kind: 'own', form: format.own };
    if (zone === undefined || !isZone(zone))
      throw badField('zone', 'must name the time zone of the file by its place, such as America/New_York');
    if ((await this.fills.count(ownerId)) >= LARGEST_JOURNAL.fills) throw journalFull();
    const mapping = await this.mappingOf(ownerId, format);
    return { kind: 'broker', mapping, options: { zone, account, currency, multipliers } };
  }

  private async mappingOf(
    ownerId: number,
    format: Exclude<ImportFormat, { own: unknown }>,
  ): Promise<ColumnMapping> {
    if ('preset' in format) {
      const preset = Object.entries(PRESETS).find(([name]) => name === format.preset);
      if (preset === undefined)
        throw badField('format.preset', `must be one of ${Object.keys(PRESETS).join(', ')}`);
      return preset[1];
    }
    if ('saved' in format) {
      const saved = await this.mappings.get(ownerId, format.saved);
      if (saved === undefined) throw badField('format.saved', 'names no mapping that was saved');
      return saved;
    }
    return mappingIn(format.mapping, 'format.mapping');
  }

  private async makeRoom(ownerId: number): Promise<void> {
    const open = (await this.imports.list(ownerId)).filter(({ state }) => state === 'receiving');
    const idle = open.filter(({ id }) => this.work.on(id) === undefined).reverse();
    for (const { id } of idle.slice(0, Math.max(0, open.length - MOST_OPEN_IMPORTS + 1)))
      await this.imports.remove(ownerId, id);
  }

  private async demand(ownerId: number, id: string): Promise<StoredImport> {
    const found = await this.imports.get(ownerId, id);
    if (found === undefined)
      throw new ProblemException({ status: 404, detail: 'There is no such import; begin it again.' });
    return found;
  }

  private async demandReceiving(ownerId: number, id: string): Promise<StoredImport> {
    const found = await this.demand(ownerId, id);
    if (found.state !== 'receiving')
      throw new ProblemException({ status: 409, detail: 'This file was imported already.' });
    return found;
  }

  private async demandParts(id: string, parts: number): Promise<void> {
    const missing = await this.imports.firstMissing(id, parts);
    if (missing !== null)
      throw new ProblemException({ status: 409, detail: `Part ${missing} of the file has not come yet.` });
  }

  private stateOf({
    id,
    state,
    createdAtMs,
    receivedParts,
    receivedCharacters,
    body,
  }: StoredImport): ImportState {
    const work = this.work.on(id);
    const { fileName, format, counts } = body;
    return {
      id,
      fileName,
      format,
      state: work?.state ?? state,
      createdAtMs,
      receivedParts,
      receivedCharacters,
      progress: work?.progress ?? counts?.fills ?? 0,
      counts,
      failure: this.work.failureOf(id),
    };
  }
}

/** A mapping that comes from outside. 400 with the field where it is none. */
export function mappingIn(value: unknown, path: string): ColumnMapping {
  try {
    return checkedMapping(value);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw badField(path, messageOf(thrown));
  }
}

/** What adding notes to those on record comes to: a note is known by its id, or by the fill it is about. */
function planNotes(
  notes: readonly JournalNote[],
  recorded: readonly JournalNote[],
): { added: JournalNote[]; known: number; changed: number } {
  const byId = new Map(recorded.map((note) => [note.id, note]));
  const fillIds = new Set(recorded.map(({ fillId }) => fillId));
  const plan = { added: [] as JournalNote[], known: 0, changed: 0 };
  for (const note of notes) {
    const same = byId.get(note.id);
    if (same !== undefined && JSON.stringify(same) === JSON.stringify(note)) plan.known++;
    else if (same !== undefined || (note.fillId !== null && fillIds.has(note.fillId))) plan.changed++;
    else {
      plan.added.push(note);
      byId.set(note.id, note);
      if (note.fillId !== null) fillIds.add(note.fillId);
    }
  }
  return plan;
}

function added(counts: ImportCounts, more: Partial<ImportCounts>): ImportCounts {
  const sum = { ...counts };
  for (const [name, value] of Object.entries(more)) sum[name as keyof ImportCounts] += value;
  return sum;
}

function refusedRows(id: string, counts: ImportCounts | null): ProblemException {
  const rows = counts === null ? 'Rows' : `${counts.refused} ${counts.refused === 1 ? 'row' : 'rows'}`;
  return new ProblemException({
    status: 409,
    detail: `${rows} of the file cannot be read, so nothing was imported. GET /api/journal/import/${id}/rows tells which; commit with withoutRefused to go without them.`,
  });
}

function tooLarge(): ProblemException {
  return new ProblemException({
    status: 413,
    detail: `The file has more than ${LARGEST_FILE_CHARACTERS} characters or ${MOST_PARTS} parts. Export a shorter time and import the parts.`,
  });
}

function journalFull(): ProblemException {
  return new ProblemException({
    status: 409,
    detail: `The journal holds ${LARGEST_JOURNAL.fills} fills, which is as many as it takes.`,
  });
}

import { Injectable } from '@nestjs/common';
import type { EntryChange, EntryDraft, JournalEntry, NewEntry, Restore } from '@libs/contract';
import {
  BrokenExportError,
  decimalOf,
  decimalText,
  noteOf,
  type Fill,
  type JournalNote,
} from '@libs/journal';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { hasErrorCode } from '../common/errors.js';
import { badField, ProblemException } from '../common/problem.exception.js';
import { EntryStore, type EntryQuery, type StoredEntry } from './entry-store.js';
import { FillStore } from './fill-store.js';
import { fillsByHand } from './fills.service.js';
import { fillApiId, keyInApiId, keyOf } from './journal-key.js';
import { LARGEST_JOURNAL } from './limits.js';

/** PostgreSQL: a unique index holds something like it already. */
const UNIQUE_VIOLATION = '23505';

/** What traders write about trades and moments. */
@Injectable()
export class EntriesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly entries: EntryStore,
    private readonly fills: FillStore,
  ) {}

  async find(ownerId: number, query: EntryQuery): Promise<JournalEntry[]> {
    return (await this.entries.find(ownerId, query)).map(entryAnswer);
  }

  async get(ownerId: number, id: string): Promise<JournalEntry> {
    return entryAnswer(await this.newest(ownerId, id));
  }

  /** Every version, newest first; of a deleted entry as well. */
  async versions(ownerId: number, id: string): Promise<JournalEntry[]> {
    const versions = await this.entries.versions(ownerId, id);
    if (versions.length === 0) throw noEntry();
    return versions.map(entryAnswer);
  }

  /** A new entry, and the fills it is about where they come along: both or neither. */
  async create(ownerId: number, { fills, ...draft }: NewEntry): Promise<JournalEntry> {
    if ((await this.entries.count(ownerId)) >= LARGEST_JOURNAL.entries)
      throw new ProblemException({
        status: 409,
        detail: `The journal holds ${LARGEST_JOURNAL.entries} entries, which is as many as it takes.`,
      });
    if (fills.length > 0 && draft.fillId !== null)
      throw badField('fillId', 'must be left out where fills come along');
    const made = fillsByHand(fills);
    const about = made[0] ?? (await this.fillAbout(ownerId, draft.fillId));
    const note = this.noteFrom(`e-${randomBytes(8).toString('hex')}`, draft, about);
    await onlyOneEntry(() =>
      this.dataSource.transaction(async (db) => {
        await this.fills.add(ownerId, made, null, db);
        await this.entries.add(ownerId, [note], this.clock.nowMs(), db);
      }),
    );
    return this.get(ownerId, note.id);
  }

  /** The next version in place of the one the change names. 409 where that is not the newest. */
  async change(ownerId: number, id: string, { version, ...draft }: EntryChange): Promise<JournalEntry> {
    const before = await this.newest(ownerId, id);
    const about = await this.fillAbout(ownerId, draft.fillId);
    const atMs = draft.atMs ?? before.note.atMs;
    await this.append(ownerId, this.noteFrom(id, { ...draft, atMs }, about), version, false);
    return this.get(ownerId, id);
  }

  /** Deletes an entry; it can be brought back. */
  async remove(ownerId: number, id: string, version: number): Promise<void> {
    const { note } = await this.newest(ownerId, id);
    await this.append(ownerId, note, version, true);
  }

  /** Brings back a deleted entry, or the content of an earlier version. */
  async restore(ownerId: number, id: string, { version, to }: Restore): Promise<JournalEntry> {
    const versions = await this.entries.versions(ownerId, id);
    if (versions.length === 0) throw noEntry();
    const wanted = versions.find((one) => one.version === (to ?? version));
    if (wanted === undefined) throw badField('to', 'names a version that never was');
    await this.append(ownerId, wanted.note, version, false);
    return this.get(ownerId, id);
  }

  private async append(
    ownerId: number,
    note: JournalNote,
    version: number,
    isDeleted: boolean,
  ): Promise<void> {
    const savedAtMs = this.clock.nowMs();
    const isKept = await onlyOneEntry(() =>
      this.entries.change(ownerId, note, { version, isDeleted, savedAtMs }),
    );
    if (!isKept)
      throw new ProblemException({
        status: 409,
        detail: `Version ${version} is not the newest any more; read the entry again and repeat the change.`,
      });
  }

  private async newest(ownerId: number, id: string): Promise<StoredEntry> {
    const found = await this.entries.get(ownerId, id);
    if (found === undefined || found.isDeleted) throw noEntry();
    return found;
  }

  private async fillAbout(ownerId: number, id: string | null): Promise<Fill | null> {
    if (id === null) return null;
    const found = await this.fills.get(ownerId, keyInApiId(id) ?? '');
    if (found === undefined || found.isDeleted) throw badField('fillId', 'names no fill of this journal');
    return found.fill;
  }

  private noteFrom(id: string, draft: EntryDraft, about: Fill | null): JournalNote {
    const { atMs = this.clock.nowMs(), ...rest } = draft;
    const place =
      about === null
        ? { fillId: null, atMs, symbol: draft.symbol }
        : { fillId: about.id, atMs: about.atMs, symbol: about.symbol };
    try {
      return noteOf({ ...rest, ...place, id, stop: plain(draft.stop), target: plain(draft.target) }, 'entry');
    } catch (thrown) {
      if (!(thrown instanceof BrokenExportError)) throw thrown;
      throw new ProblemException({ status: 400, detail: thrown.message });
    }
  }
}

/** A price as it is kept: no zeros at the end. */
function plain(price: string | null): string | null {
  return price === null ? null : decimalText(decimalOf(price));
}

/** An entry as the API gives it. */
export function entryAnswer({ note, version, isDeleted, savedAtMs }: StoredEntry): JournalEntry {
  const { tags, fillId, ...rest } = note;
  return {
    ...rest,
    tags: [...tags],
    fillId: fillId === null ? null : fillApiId(keyOf(fillId)),
    version,
    isDeleted,
    savedAtMs,
  };
}

async function onlyOneEntry<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (thrown) {
    if (!hasErrorCode(thrown, UNIQUE_VIOLATION)) throw thrown;
    throw new ProblemException({
      status: 409,
      detail: 'There is an entry about this trade already; change that one.',
    });
  }
}

function noEntry(): ProblemException {
  return new ProblemException({ status: 404, detail: 'There is no such entry.' });
}

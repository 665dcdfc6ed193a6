import { Injectable } from '@angular/core';
import type { EpochMs } from '@libs/bars';
import type {
  EntryDraft,
  FillDraft,
  ImportFormat,
  JournalEntry,
  TranscriptLine,
  Transcripts,
} from '@libs/contract';
import type { ColumnMapping, RowIssue } from '@libs/journal';
import { readJson } from '../../data-access/json-answer';
import type { DaySeen, ImportSeen, MappingsSeen, StatsSeen, TradeSeen } from './journal-answers';

/** Characters of a file sent in one request; escaped as JSON they stay below what a body may hold. */
const PART_CHARACTERS = 100 * 1024;
/** How often work on a large file is asked after. */
const ASK_EVERY_MS = 500;

/** Lines of a conversation shown beside a trade. */
const MOST_SAID = 30;

/** What of an entry a page sends; the rest has its defaults. */
export type EntryText = Partial<EntryDraft>;

/** How a file is to be read. */
export interface ImportOrder {
  readonly fileName: string;
  readonly format: ImportFormat;
  readonly zone?: string;
  readonly account: string;
  readonly currency: string;
}

/** A file on the server, read and not imported. */
export interface ReadImport {
  readonly parts: number;
  readonly seen: ImportSeen;
}

/** The journal's part of the server. Everything rejects with the server's own words where it refused. */
@Injectable({ providedIn: 'root' })
export class JournalClient {
  day(date: string): Promise<DaySeen> {
    return get(`day?date=${date}`);
  }

  /** What was said to the coach and by it at a moment on the desk, oldest first. */
  async said(symbol: string, fromMs: EpochMs, toMs: EpochMs): Promise<readonly TranscriptLine[]> {
    const query = new URLSearchParams({
      symbol,
      from: String(fromMs),
      to: String(toMs),
      limit: String(MOST_SAID),
    });
    const { lines } = await readJson<Transcripts>(await fetch(`/api/coach/transcripts?${query.toString()}`));
    return lines.toReversed();
  }

  stats(query: Readonly<Record<string, string>> = {}): Promise<StatsSeen> {
    return get(`stats?${new URLSearchParams(query).toString()}`);
  }

  trades(ids: readonly string[]): Promise<TradeSeen[]> {
    return get(`trades?ids=${ids.join(',')}`);
  }

  create(entry: EntryText & { readonly fills?: readonly Partial<FillDraft>[] }): Promise<JournalEntry> {
    return send('POST', '', entry);
  }

  change(id: string, version: number, entry: EntryText): Promise<JournalEntry> {
    return send('PUT', `/${id}`, { ...entry, version });
  }

  versions(id: string): Promise<JournalEntry[]> {
    return get(`${id}/versions`);
  }

  async remove({ id, version }: JournalEntry): Promise<void> {
    await send('DELETE', `/${id}?version=${version}`);
  }

  restore(id: string, version: number, to?: number): Promise<JournalEntry> {
    return send('POST', `/${id}/restore`, { version, ...(to === undefined ? {} : { to }) });
  }

  mappings(): Promise<MappingsSeen> {
    return get('mappings');
  }

  async saveMapping(name: string, mapping: ColumnMapping): Promise<void> {
    await send('PUT', `/mappings/${encodeURIComponent(name)}`, mapping);
  }

  /** Sends a file in parts and has it read. `told` hears which share of it was sent. */
  async read(order: ImportOrder, text: string, told: (share: number) => void): Promise<ReadImport> {
    const { id } = await send<ImportSeen>('POST', '/import', order);
    let parts = 0;
    for (let from = 0; from < text.length;) {
      const to = endOfPart(text, from);
      await send('PUT', `/import/${id}/parts/${parts++}`, { content: text.slice(from, to) });
      told(to / text.length);
      from = to;
    }
    if (parts === 0) throw new Error('The file is empty.');
    return { parts, seen: await this.worked(await send('POST', `/import/${id}/preview`, { parts })) };
  }

  /** Imports a file that was read. */
  async commit({ parts, seen }: ReadImport): Promise<ImportSeen> {
    const withoutRefused = (seen.counts?.refused ?? 0) > 0;
    return this.worked(await send('POST', `/import/${seen.id}/commit`, { parts, withoutRefused }));
  }

  async undoImport(id: string): Promise<void> {
    await send('DELETE', `/import/${id}`);
  }

  redoImport(id: string): Promise<ImportSeen> {
    return send('POST', `/import/${id}/restore`);
  }

  refused(id: string): Promise<RowIssue[]> {
    return get(`import/${id}/rows?limit=1000`);
  }

  /** Waits while the server goes on with a large file. */
  private async worked(seen: ImportSeen): Promise<ImportSeen> {
    let now = seen;
    while (now.state === 'reading' || now.state === 'writing') {
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
      now = await get<ImportSeen>(`import/${seen.id}`);
    }
    if (now.failure !== null) throw new Error(now.failure);
    return now;
  }
}

/** Where a part that begins here ends: never within a pair of surrogates, which no UTF-8 could carry by halves. */
function endOfPart(text: string, from: number): number {
  const to = Math.min(text.length, from + PART_CHARACTERS);
  const last = text.charCodeAt(to - 1);
  return last >= 0xd800 && last <= 0xdbff && to < text.length ? to + 1 : to;
}

async function get<T>(path: string): Promise<T> {
  return readJson<T>(await fetch(`/api/journal/${path}`, { cache: 'no-store' }));
}

async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`/api/journal${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return response.status === 204 ? (undefined as T) : readJson<T>(response);
}

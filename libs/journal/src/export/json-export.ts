import type { Fill } from '../fills/fill.js';
import { BrokenExportError, fillOf, noteOf, type Journal, type JournalNote } from './journal-record.js';

const FORMAT = 'spotlight-journal';
const VERSION = 1;

/** Writes a journal as JSON part by part: {@link begin}, all fills, all notes, {@link end}. */
export class JournalJsonWriter {
  private section: 'fills' | 'notes' = 'fills';
  private count = 0;

  begin(): string {
    return `{"format":"${FORMAT}","version":${VERSION},"fills":[`;
  }

  /** @throws BrokenExportError if a fill is beyond what could be read back */
  fills(fills: readonly Fill[]): string {
    return this.lines(fills.map((fill, place) => fillOf({ ...fill }, `fills.${this.count + place}`)));
  }

  /** No fill may follow. @throws BrokenExportError if a note is beyond what could be read back */
  notes(notes: readonly JournalNote[]): string {
    const opening = this.enterNotes();
    return (
      opening + this.lines(notes.map((note, place) => noteOf({ ...note }, `notes.${this.count + place}`)))
    );
  }

  end(): string {
    return `${this.enterNotes()}]}\n`;
  }

  private enterNotes(): string {
    if (this.section === 'notes') return '';
    [this.section, this.count] = ['notes', 0];
    return '],"notes":[';
  }

  private lines(items: readonly object[]): string {
    const text = items
      .map((item, place) => `${this.count + place === 0 ? '' : ','}\n${JSON.stringify(item)}`)
      .join('');
    this.count += items.length;
    return text;
  }
}

/**
 * The journal as JSON: one line each fill and note, in the order given. {@link journalFromJson} reads it back.
 * @throws BrokenExportError if a fill or note is beyond what could be read back
 */
export function journalToJson({ fills, notes }: Journal): string {
  const writer = new JournalJsonWriter();
  return writer.begin() + writer.fills(fills) + writer.notes(notes) + writer.end();
}

/**
 * Reads what {@link journalToJson} wrote.
 * @throws BrokenExportError if the text is something else; nothing of it is to be taken then
 */
export function journalFromJson(text: string): Journal {
  const journal = objectOf(parsed(text), 'file');
  if (journal['format'] !== FORMAT || journal['version'] !== VERSION) {
    throw new BrokenExportError(`This is no journal of version ${VERSION}`);
  }
  const items = (name: string): Readonly<Partial<Record<string, unknown>>>[] => {
    const list = journal[name];
    if (!Array.isArray(list)) throw new BrokenExportError(`${name} must be a list`);
    return list.map((item, place) => objectOf(item, `${name}.${place}`));
  };
  return {
    fills: items('fills').map((item, place) => fillOf(item, `fills.${place}`)),
    notes: items('notes').map((item, place) => noteOf(item, `notes.${place}`)),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BrokenExportError('This is no JSON', { cause: error });
  }
}

function objectOf(value: unknown, at: string): Readonly<Partial<Record<string, unknown>>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new BrokenExportError(`${at} must be an object`);
}

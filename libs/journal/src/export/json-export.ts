import { BrokenExportError, fillOf, noteOf, type Journal } from './journal-record.js';

const FORMAT = 'spotlight-journal';
const VERSION = 1;

/**
 * The journal as JSON: one line each fill and note, in the order given. {@link journalFromJson} reads it back.
 * @throws BrokenExportError if a fill or note is beyond what could be read back
 */
export function journalToJson({ fills, notes }: Journal): string {
  const lines = (items: readonly object[]): string =>
    items.map((item) => `\n${JSON.stringify(item)}`).join(',');
  const [inOrder, written] = [
    fills.map((fill, place) => fillOf({ ...fill }, `fills.${place}`)),
    notes.map((note, place) => noteOf({ ...note }, `notes.${place}`)),
  ];
  return `{"format":"${FORMAT}","version":${VERSION},"fills":[${lines(inOrder)}],"notes":[${lines(written)}]}\n`;
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

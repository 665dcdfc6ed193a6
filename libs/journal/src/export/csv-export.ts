import { readCsv } from '../import/csv-table.js';
import { BrokenExportError, fillOf, noteOf, type Journal, type JournalNote } from './journal-record.js';
import { plainText, spreadsheetText } from './spreadsheet-text.js';
import type { Fill } from '../fills/fill.js';

/** A CSV file has one table: what a column holds decides how it is written. */
const FILL_COLUMNS = {
  id: 'text',
  broker: 'text',
  account: 'text',
  brokerFillId: 'text?',
  symbol: 'text',
  side: 'text',
  quantity: 'plain',
  price: 'plain',
  multiplier: 'plain',
  fee: 'plain',
  currency: 'text',
  atMs: 'number',
  precisionMs: 'number',
  sequence: 'number',
} as const satisfies Record<keyof Fill, Kind>;

const NOTE_COLUMNS = {
  id: 'text',
  fillId: 'text?',
  atMs: 'number',
  symbol: 'text?',
  text: 'text',
  tags: 'list',
  rating: 'number?',
  setup: 'text?',
  followedRules: 'boolean?',
  stop: 'plain?',
  target: 'plain?',
} as const satisfies Record<keyof JournalNote, Kind>;

type Kind = 'text' | 'text?' | 'plain' | 'plain?' | 'number' | 'number?' | 'boolean?' | 'list';
type Columns = Readonly<Record<string, Kind>>;

/** Text of this kind needs no quotes in any spreadsheet, whatever it takes for a delimiter. */
const BARE = /^[A-Za-z0-9_.-]+$/;
const LINE_END = '\r\n';

/** The journal as CSV files in UTF-8: fills, and the notes on them, with text that no spreadsheet takes for a formula. */
export function journalToCsv({ fills, notes }: Journal): { readonly fills: string; readonly notes: string } {
  return { fills: written(fills, FILL_COLUMNS), notes: written(notes, NOTE_COLUMNS) };
}

/**
 * Reads what {@link journalToCsv} wrote.
 * @throws BrokenExportError if a file is something else; nothing of it is to be taken then
 * @throws UnreadableFileError as `readFills` does
 */
export function journalFromCsv(files: { readonly fills: string; readonly notes: string }): Journal {
  return {
    fills: read(files.fills, FILL_COLUMNS, fillOf),
    notes: read(files.notes, NOTE_COLUMNS, noteOf),
  };
}

function written(rows: readonly object[], columns: Columns): string {
  const kinds = Object.entries(columns);
  const lines = rows.map((row) => {
    const values = new Map<string, unknown>(Object.entries(row));
    return kinds.map(([name, kind]) => cellOf(values.get(name), kind)).join(',');
  });
  return [Object.keys(columns).join(','), ...lines].map((line) => line + LINE_END).join('');
}

function cellOf(value: unknown, kind: Kind): string {
  if (value === null || value === undefined) return '';
  if (kind === 'list') return quoted(spreadsheetText(JSON.stringify(value)));
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (kind !== 'text' && kind !== 'text?') return text;
  return quoted(spreadsheetText(text));
}

function quoted(text: string): string {
  return BARE.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}

function read<Item>(
  text: string,
  columns: Columns,
  itemOf: (row: Readonly<Partial<Record<string, unknown>>>, at: string) => Item,
): Item[] {
  const names = Object.keys(columns);
  const [header, ...rows] = readCsv(text, { delimiter: ',', isStrict: true });
  if (header?.cells.join(',') !== names.join(',')) {
    throw new BrokenExportError(`The first line must be ${names.join(',')}`);
  }
  if (rows.at(-1)?.cells.length === 0) rows.pop();
  return rows.map(({ line, cells, fault }) => {
    const at = `line ${line}`;
    if (fault !== null) throw new BrokenExportError(`${at}: ${fault}`);
    if (cells.length !== names.length) throw new BrokenExportError(`${at}: must have ${names.length} cells`);
    const values = names.map((name, place) => [
      name,
      valueOf(cells[place] ?? '', columns[name] ?? 'text', at),
    ]);
    return itemOf(Object.fromEntries(values) as Record<string, unknown>, at);
  });
}

function valueOf(cell: string, kind: Kind, at: string): unknown {
  if (cell === '') return null;
  switch (kind) {
    case 'plain':
    case 'plain?':
      return cell;
    case 'number':
    case 'number?':
      return String(Number(cell)) === cell ? Number(cell) : cell;
    case 'boolean?':
      return cell === 'true' ? true : cell === 'false' ? false : cell;
    case 'list':
      return listOf(plainText(cell), at);
    case 'text':
    case 'text?':
      return plainText(cell);
  }
}

function listOf(text: string, at: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BrokenExportError(`${at}: a list is damaged`, { cause: error });
  }
}

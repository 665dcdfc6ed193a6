import Papa from 'papaparse';

/** What a file may hold; beyond it, it is refused as a whole, because a part of it would be a wrong journal. */
export const FILE_LIMITS = {
  /** Characters of the whole file: about 200,000 executions. */
  characters: 64 * 1024 * 1024,
  rows: 250_000,
  columns: 200,
  /** Characters of one cell. */
  cell: 10_000,
} as const;

/** One row of a file. */
export interface CsvRow {
  /** Line of the file it begins on, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Why its cells cannot be trusted; `null` if they can. */
  readonly fault: string | null;
}

/** A file cannot be read at all. The message says what is wrong and what to do. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
}

const BYTE_ORDER_MARK = '\uFEFF';

/** How a file is cut. */
export interface CsvForm {
  readonly delimiter: Delimiter;
  /** Whether rows end with CR LF and nothing else, so that cells keep their line breaks; else any line end will do. */
  readonly isStrict?: boolean;
}

/** What may stand between cells. */
export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/**
 * Cuts a file into rows; quotes are doubled within quoted cells, and a byte order mark is dropped. Empty lines are rows
 * without cells.
 * @throws UnreadableFileError if the file is beyond {@link FILE_LIMITS}, is no text, or ends within a quoted cell
 */
export function readCsv(text: string, { delimiter, isStrict = false }: CsvForm): CsvRow[] {
  if (text.length > FILE_LIMITS.characters) {
    throw new UnreadableFileError(
      `The file has more than ${FILE_LIMITS.characters} characters. Export a shorter time and import the parts.`,
    );
  }
  if (text.includes('\u0000')) {
    throw new UnreadableFileError('The file is no text, or text in UTF-16. Export it as CSV in UTF-8.');
  }
  const plain = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const { data, errors } = Papa.parse<string[]>(
    isStrict || !plain.includes('\r') ? plain : plain.replace(/\r\n?/g, '\n'),
    {
      delimiter,
      newline: isStrict ? '\r\n' : '\n',
      preview: FILE_LIMITS.rows + 1,
    },
  );
  if (data.length > FILE_LIMITS.rows) {
    throw new UnreadableFileError(
      `The file has more than ${FILE_LIMITS.rows} rows. Export a shorter time and import the parts.`,
    );
  }
  const lineOf = lineNumbers(data, plain.includes('"'));
  const faults = new Map<number, string>();
  for (const { code, row = 0 } of errors) {
    if (code === 'MissingQuotes') {
      throw new UnreadableFileError(
        `A quote opened on line ${lineOf[row] ?? 1} or in its row is never closed. Export the file again.`,
      );
    }
    if (code === 'InvalidQuotes') faults.set(row, 'a quote stands in the middle of a cell');
  }
  return data.map((cells, row) => ({
    line: lineOf[row] ?? 1,
    cells: cells.length === 1 && cells[0]?.trim() === '' ? [] : cells,
    fault: faults.get(row) ?? faultOf(cells),
  }));
}

/** A row takes one line and, where cells are quoted, one more for each line break within them. */
function lineNumbers(data: readonly string[][], hasQuotes: boolean): number[] {
  let line = 1;
  return data.map((cells) => {
    const first = line;
    line += 1;
    if (hasQuotes) for (const cell of cells) line += lineBreaks(cell);
    return first;
  });
}

function lineBreaks(cell: string): number {
  return cell.includes('\n') || cell.includes('\r') ? cell.split(/\r\n|\r|\n/).length - 1 : 0;
}

function faultOf(cells: readonly string[]): string | null {
  if (cells.length > FILE_LIMITS.columns) return `has more than ${FILE_LIMITS.columns} columns`;
  return cells.some((cell) => cell.length > FILE_LIMITS.cell)
    ? `has a cell of more than ${FILE_LIMITS.cell} characters`
    : null;
}

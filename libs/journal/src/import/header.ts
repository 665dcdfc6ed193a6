import { DELIMITERS, UnreadableFileError, type CsvRow, type Delimiter } from './csv-table.js';
import type { Column, ColumnMapping } from './column-mapping.js';

/** Where the columns of a table stand. */
export interface Header {
  readonly line: number;
  readonly names: readonly string[];
  /** Place of a column; `null` if the file has none by that name. */
  placeOf(column: Column): number | null;
}

/**
 * Header of a row, if the row has all the columns the mapping asks for; else `null`.
 * @throws UnreadableFileError if it has one of them twice
 */
export function headerOf({ line, cells }: CsvRow, mapping: ColumnMapping): Header | null {
  const names = cells.map((cell) => cell.trim());
  if (!mapping.header.every((column) => namesOf(column).some((name) => names.includes(name)))) return null;
  const places = new Map<Column, number | null>();
  const placeOf = (column: Column): number | null => {
    let place = places.get(column);
    if (place === undefined) {
      place = find(names, namesOf(column));
      places.set(column, place);
    }
    return place;
  };
  mapping.header.forEach(placeOf);
  return { line, names, placeOf };
}

/**
 * The delimiter of a file: the one that shows the mapping's header, and cuts most.
 * @throws UnreadableFileError if no line names all the columns
 */
export function delimiterOf(text: string, mapping: ColumnMapping): Delimiter {
  if (mapping.delimiter !== null) return mapping.delimiter;
  const required = mapping.header.map(namesOf);
  for (const [line] of text.matchAll(/[^\r\n]+/g)) {
    if (!required.every((names) => names.some((name) => line.includes(name)))) continue;
    const cuts = DELIMITERS.map((delimiter) => ({ delimiter, count: line.split(delimiter).length }));
    return cuts.reduce((most, cut) => (cut.count > most.count ? cut : most)).delimiter;
  }
  throw noHeader(mapping);
}

/** The file is not what the mapping describes. */
export function noHeader({ name, header }: ColumnMapping): UnreadableFileError {
  const columns = header.map((column) => `"${namesOf(column).join('" or "')}"`);
  return new UnreadableFileError(
    `No line has the columns of ${name}: ${columns.join(', ')}. Choose another format, or map the columns by hand.`,
  );
}

function namesOf(column: Column): readonly string[] {
  return typeof column === 'string' ? [column] : column;
}

function find(names: readonly string[], aliases: readonly string[]): number | null {
  for (const alias of aliases) {
    const place = names.indexOf(alias);
    if (place === -1) continue;
    if (names.lastIndexOf(alias) !== place) throw new UnreadableFileError(`Two columns are named "${alias}"`);
    return place;
  }
  return null;
}

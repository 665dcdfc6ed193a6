import type { ColumnMapping } from './column-mapping.js';
import { readCsv, type Delimiter } from './csv-table.js';
import { readFills, type ImportOptions, type ReadFile } from './read-fills.js';

/** Rows a preview shows. */
const PREVIEW_ROWS = 20;

/** First rows of a file as they stand, to choose the columns from. */
export function previewRows(text: string, delimiter: Delimiter): readonly (readonly string[])[] {
  return readCsv(text, { delimiter })
    .slice(0, PREVIEW_ROWS)
    .map(({ cells }) => cells);
}

/** What a mapping makes of a file: how many of each kind, and the first of them. */
export interface Preview extends ReadFile {
  readonly counts: { readonly fills: number; readonly refused: number; readonly skipped: number };
}

/** Reads the whole file and shows the beginning; throws as {@link readFills} does. */
export function previewFills(text: string, mapping: ColumnMapping, options: ImportOptions): Preview {
  const { header, fills, refused, skipped } = readFills(text, mapping, options);
  const counts = { fills: fills.length, refused: refused.length, skipped: skipped.length };
  const first = <Item>(items: readonly Item[]): readonly Item[] => items.slice(0, PREVIEW_ROWS);
  return { header, fills: first(fills), refused: first(refused), skipped: first(skipped), counts };
}

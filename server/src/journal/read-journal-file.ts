import {
  BrokenExportError,
  journalFromCsv,
  journalFromJson,
  journalToCsv,
  readFills,
  UnreadableFileError,
  type ColumnMapping,
  type Fill,
  type ImportOptions,
  type JournalNote,
  type RowIssue,
} from '@libs/journal';

/** How a file is to be read. */
export type ReadJob =
  | { readonly kind: 'broker'; readonly mapping: ColumnMapping; readonly options: ImportOptions }
  | { readonly kind: 'own'; readonly form: 'json' | 'csv' };

/** A part of what a file holds; never more than {@link BATCH} of anything. */
export type ReadMessage =
  | { readonly kind: 'fills'; readonly fills: readonly Fill[] }
  | { readonly kind: 'notes'; readonly notes: readonly JournalNote[] }
  | { readonly kind: 'refused' | 'skipped'; readonly issues: readonly RowIssue[] };

/** Fills, notes or rows told at a time. */
const BATCH = 1_000;

/**
 * What a file holds, in batches: refused and skipped rows first, then fills oldest first, then notes.
 * @throws UnreadableFileError, BrokenExportError or RangeError where the file or the job is no good
 */
export function* readJournalFile(text: string, job: ReadJob): Generator<ReadMessage> {
  if (job.kind === 'own') {
    const { fills, notes } = job.form === 'json' ? journalFromJson(text) : fromOneCsv(text);
    for (const batch of batches(fills)) yield { kind: 'fills', fills: batch };
    for (const batch of batches(notes)) yield { kind: 'notes', notes: batch };
    return;
  }
  const { fills, refused, skipped } = readFills(text, job.mapping, job.options);
  for (const batch of batches(refused)) yield { kind: 'refused', issues: batch };
  for (const batch of batches(skipped)) yield { kind: 'skipped', issues: batch };
  for (const batch of batches(fills)) yield { kind: 'fills', fills: batch };
}

/** An export as CSV has a file of fills and one of notes; either can be read by itself. */
function fromOneCsv(text: string): ReturnType<typeof journalFromCsv> {
  const empty = journalToCsv({ fills: [], notes: [] });
  const isNotes = text.startsWith(empty.notes.trimEnd());
  return journalFromCsv(isNotes ? { fills: empty.fills, notes: text } : { fills: text, notes: empty.notes });
}

/** Whether the file or what was said of it is at fault; anything else thrown is a defect. */
export function isFaultOfFile(thrown: unknown): boolean {
  return (
    thrown instanceof UnreadableFileError ||
    thrown instanceof BrokenExportError ||
    thrown instanceof RangeError
  );
}

function* batches<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += BATCH) yield items.slice(from, from + BATCH);
}

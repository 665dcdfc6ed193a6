import * as z from 'zod';

const whole = z.number().int();
const epochMs = whole.min(0).max(4_102_444_800_000).describe('UTC epoch milliseconds');
/** Text that brokers and traders give things as a name. */
const name = z.string().trim().min(1).max(128);
const decimal = (what: string) =>
  z
    .string()
    .max(40)
    .regex(/^[+-]?\d{1,18}(\.\d{1,18})?$/, `${what} must be a decimal number as text, such as "187.42"`);
const fillId = z.string().regex(/^f-[\w-]{22}$/, 'must be the id of a fill');
/** `America/New_York`; whether the place exists is asked where it is used. */
const zone = z.string().min(1).max(64).describe('time zone by its place, such as America/New_York');

/** An execution as a person writes it down. Numbers are decimal texts: nothing is rounded. */
export const fillDraftSchema = z
  .strictObject({
    symbol: name.transform((text) => text.toUpperCase()),
    side: z.enum(['buy', 'sell']),
    quantity: decimal('quantity').refine((text) => Number(text) > 0, 'quantity must be above 0'),
    price: decimal('price'),
    atMs: epochMs,
    precisionMs: whole
      .min(1)
      .max(86_400_000)
      .default(1_000)
      .describe(
        'how exactly the time is known: the fill happened within this many milliseconds from atMs on',
      ),
    multiplier: decimal('multiplier')
      .refine((text) => Number(text) > 0, 'multiplier must be above 0')
      .default('1')
      .describe('money per point and unit: 1 for stocks, 50 for an ES contract'),
    fee: decimal('fee').default('0'),
    currency: name.default('USD'),
    broker: name.default('by-hand'),
    account: name.default('main'),
  })
  .meta({ id: 'FillDraft' });
export type FillDraft = z.infer<typeof fillDraftSchema>;

/** Body of `POST /api/journal/fills`. */
export const fillsBodySchema = z
  .strictObject({ fills: z.array(fillDraftSchema).min(1).max(100) })
  .meta({ id: 'FillsByHand' });
export type FillsBody = z.infer<typeof fillsBodySchema>;

/** Body of `PUT /api/journal/fills/{id}`. */
export const fillChangeSchema = fillDraftSchema
  .extend({ version: whole.min(1).describe('the version this changes') })
  .meta({ id: 'FillChange' });
export type FillChange = z.infer<typeof fillChangeSchema>;

/** What a trader writes about a trade, or about a moment. */
export const entryDraftSchema = z
  .strictObject({
    text: z.string().max(5_000).default(''),
    tags: z
      .array(z.string().trim().min(1).max(60))
      .max(20)
      .default([])
      .transform((tags) => [...new Set(tags)]),
    rating: whole.min(1).max(5).nullable().default(null),
    setup: name.nullable().default(null),
    followedRules: z.boolean().nullable().default(null).describe('null: not said'),
    stop: decimal('stop').nullable().default(null).describe('planned price; what R is measured by'),
    target: decimal('target').nullable().default(null),
    fillId: fillId
      .nullable()
      .default(null)
      .describe('the fill that opened the trade it is about; null for a note on a moment'),
    atMs: epochMs.optional().describe('the moment it is about; of a trade, when it was opened. Default: now'),
    symbol: name
      .transform((text) => text.toUpperCase())
      .nullable()
      .default(null),
  })
  .meta({ id: 'JournalEntryDraft' });
export type EntryDraft = z.infer<typeof entryDraftSchema>;

/** Body of `POST /api/journal`: an entry, and the executions it is about where they are new. */
export const newEntrySchema = entryDraftSchema
  .extend({
    fills: z
      .array(fillDraftSchema)
      .max(100)
      .default([])
      .describe('executions recorded along with it; the entry is then about the first of them'),
  })
  .meta({ id: 'NewJournalEntry' });
export type NewEntry = z.infer<typeof newEntrySchema>;

/** Body of `PUT /api/journal/{id}`. */
export const entryChangeSchema = entryDraftSchema
  .extend({ version: whole.min(1).describe('the version this changes') })
  .meta({ id: 'JournalEntryChange' });
export type EntryChange = z.infer<typeof entryChangeSchema>;

/** Body of `POST /api/journal/{id}/restore` and of fills: what is undone, and back to which version. */
export const restoreSchema = z
  .strictObject({
    version: whole.min(1).describe('the newest version, which this follows'),
    to: whole.min(1).optional().describe('version whose content comes back; default: that of the newest'),
  })
  .meta({ id: 'JournalRestore' });
export type Restore = z.infer<typeof restoreSchema>;

/** One version of an entry as the API gives it. */
export interface JournalEntry extends Omit<EntryDraft, 'atMs'> {
  readonly id: string;
  readonly version: number;
  readonly isDeleted: boolean;
  readonly atMs: number;
  readonly savedAtMs: number;
}

/** Which format a file is in: a preset by name, a saved or given mapping, or the journal's own. */
export const importFormatSchema = z.union([
  z.strictObject({ preset: z.string().min(1).max(60) }),
  z.strictObject({ saved: name.describe('name of a mapping that was saved') }),
  z.strictObject({ mapping: z.record(z.string(), z.unknown()).describe('docs/concepts/journal.md') }),
  z.strictObject({ own: z.enum(['json', 'csv']) }),
]);
export type ImportFormat = z.infer<typeof importFormatSchema>;

/** Body of `POST /api/journal/import`. */
export const importBeginSchema = z
  .strictObject({
    fileName: z.string().min(1).max(200).default('file.csv'),
    format: importFormatSchema,
    zone: zone.optional().describe('zone of the times in the file; needed for every format but the own'),
    account: name.default('main').describe('where the file has no column for it'),
    currency: name.default('USD').describe('where the file has no column for it'),
    multipliers: z
      .record(z.string().max(64), decimal('multiplier'))
      .default({})
      .describe('money per point for products the format does not know'),
    content: z.string().optional().describe('the whole file, where it fits into one request'),
    commit: z
      .boolean()
      .default(false)
      .describe('with content: import at once; refused as a whole where any row cannot be read'),
  })
  .meta({ id: 'JournalImport' });
export type ImportBegin = z.infer<typeof importBeginSchema>;

/** Body of `PUT /api/journal/import/{id}/parts/{part}`. */
export const importPartSchema = z
  .strictObject({ content: z.string().min(1) })
  .meta({ id: 'JournalImportPart' });
export type ImportPart = z.infer<typeof importPartSchema>;

/** Body of `POST /api/journal/import/{id}/commit`. */
export const importCommitSchema = z
  .strictObject({
    parts: whole.min(1).describe('how many parts the file was sent in'),
    withoutRefused: z
      .boolean()
      .default(false)
      .describe('import although rows were refused; else nothing is imported then'),
  })
  .meta({ id: 'JournalImportCommit' });
export type ImportCommit = z.infer<typeof importCommitSchema>;

/** Body of `POST /api/journal/import/{id}/preview`. */
export const importPreviewSchema = z
  .strictObject({ parts: whole.min(1).describe('how many parts the file was sent in') })
  .meta({ id: 'JournalImportPreview' });
export type ImportPreview = z.infer<typeof importPreviewSchema>;

/** Body of `PUT /api/journal/mappings/{name}`: a mapping as docs/concepts/journal.md describes it. */
export const mappingBodySchema = z.record(z.string(), z.unknown()).meta({ id: 'JournalMapping' });
export type MappingBody = z.infer<typeof mappingBodySchema>;

/** Counts of rows and fills of a file. `null` where it is not known yet. */
export interface ImportCounts {
  /** Fills the file holds. */
  readonly fills: number;
  /** Rows that should be executions and cannot be read. */
  readonly refused: number;
  /** Rows that are no executions. */
  readonly skipped: number;
  /** Fills that are new; those on record already; those on record with another content, which are left alone. */
  readonly added: number;
  readonly known: number;
  readonly changed: number;
  /** Notes of a file of the journal's own, likewise. */
  readonly notesAdded: number;
  readonly notesKnown: number;
  readonly notesChanged: number;
}

/** An import as the API gives it. */
export interface ImportState {
  readonly id: string;
  readonly fileName: string;
  readonly format: ImportFormat;
  /** `receiving`: parts may come. `reading`, `writing`: being worked on. `done`: imported. `undone`: its fills are deleted. */
  readonly state: 'receiving' | 'reading' | 'writing' | 'done' | 'undone';
  readonly createdAtMs: number;
  readonly receivedParts: number;
  readonly receivedCharacters: number;
  /** Fills handled so far while it is being read or written. */
  readonly progress: number;
  /** `null` before the first preview. */
  readonly counts: ImportCounts | null;
  /** Why the work last asked for came to nothing; `null` if it did not, or is still going on. */
  readonly failure: string | null;
}

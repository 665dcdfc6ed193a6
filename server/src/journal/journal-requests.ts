import { isZone } from '@libs/journal';
import * as z from 'zod';

const plainWhole = (min: number, max: number, what: string) =>
  z
    .string()
    .regex(/^\d{1,16}$/, `${what} must be a whole number`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `${what} must be between ${min} and ${max}`)
    .meta({ type: 'integer', minimum: min, maximum: max });
const LATEST_MS = 4_102_444_800_000;
const epochMs = (what: string) => plainWhole(0, LATEST_MS, what);
const from = epochMs('from').optional().describe('earliest moment, UTC epoch milliseconds');
const to = epochMs('to').optional().describe('moments before this one');
const text = (what: string, most: number) => z.string().min(1).max(most, `${what} is too long`);
const symbol = text('symbol', 128)
  .transform((given) => given.toUpperCase())
  .optional();
const zone = z
  .string()
  .max(64)
  .refine(isZone, 'zone must name a time zone by its place, such as America/New_York')
  .default('America/New_York')
  .describe('whose days and hours are meant');

/** Query of `GET /api/journal`. */
export const entriesQuerySchema = z.object({
  from,
  to,
  symbol,
  tag: text('tag', 60).optional(),
  q: text('q', 200).optional().describe('words in text, tags or setup'),
  limit: plainWhole(1, 1_000, 'limit').default(100),
});
export type EntriesQuery = z.infer<typeof entriesQuerySchema>;

/** Query of `DELETE /api/journal/{id}` and of fills. */
export const versionQuerySchema = z.object({
  version: plainWhole(1, 1_000_000, 'version').describe('the newest version'),
});
export type VersionQuery = z.infer<typeof versionQuerySchema>;

/** Query of `GET /api/journal/fills`. */
export const fillsQuerySchema = z.object({
  from,
  to,
  symbol,
  limit: plainWhole(1, 5_000, 'limit').default(500),
});
export type FillsQuery = z.infer<typeof fillsQuerySchema>;

/** Query of `GET /api/journal/trades`. */
export const tradesQuerySchema = z.object({
  from: from.describe('opened at this moment or later'),
  to: to.describe('opened before this moment'),
  symbol,
  ids: z
    .string()
    .regex(/^t-[\w-]{22}(,t-[\w-]{22}){0,99}$/, 'ids must be up to 100 ids of trades with commas between')
    .optional()
    .describe('these trades, whatever else is asked'),
  limit: plainWhole(1, 500, 'limit').default(100),
});
export type TradesQuery = z.infer<typeof tradesQuerySchema>;

/** Query of `GET /api/journal/day`. */
export const dayQuerySchema = z.object({
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'date must be a date such as 2026-11-19'),
  zone,
});
export type DayQuery = z.infer<typeof dayQuerySchema>;

/** Query of `GET /api/journal/stats`. */
export const statsQuerySchema = z.object({
  from: from.describe('closed at this moment or later'),
  to: to.describe('closed before this moment'),
  zone,
  currency: text('currency', 128).optional().describe('default: the one most traded'),
  symbol,
  setup: text('setup', 128).optional(),
  tag: text('tag', 60).optional(),
  rule: text('rule', 80).optional().describe('name of a rule that had signalled at entry'),
});
export type StatsQuery = z.infer<typeof statsQuerySchema>;

/** Query of `GET /api/journal/import/{id}/rows`. */
export const rowsQuerySchema = z.object({
  kind: z.enum(['refused', 'skipped']).default('refused'),
  after: plainWhole(0, 1_000_000, 'after').default(0).describe('rows passed over'),
  limit: plainWhole(1, 1_000, 'limit').default(200),
});
export type RowsQuery = z.infer<typeof rowsQuerySchema>;

/** Query of `GET /api/journal/export`. */
export const exportQuerySchema = z.object({
  format: z.enum(['json', 'csv']).default('json'),
  part: z.enum(['fills', 'notes']).default('fills').describe('which of the two files an export as CSV has'),
});
export type ExportQuery = z.infer<typeof exportQuerySchema>;

/** Number of a part in a path. */
export const partNumberSchema = plainWhole(0, 999, 'part');

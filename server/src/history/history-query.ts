import { SYMBOL_PATTERN, symbolInfoSchema, timeframeSchema } from '@libs/contract';
import * as z from 'zod';

/** A whole number in plain decimal digits: no sign, no exponent, no spaces. Out of range is refused, never clamped. */
const plainWhole = (min: number, max: number, what: string) =>
  z
    .string()
    .regex(/^\d{1,16}$/, `${what} must be a whole number`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `${what} must be between ${min} and ${max}`)
    .meta({ type: 'integer', minimum: min, maximum: max });

const seq = (what: string) => plainWhole(0, Number.MAX_SAFE_INTEGER, what);

const symbol = z
  .string('symbol is required')
  .max(64, 'symbol is too long')
  .transform((text) => text.toUpperCase())
  .refine(
    (text) => SYMBOL_PATTERN.test(text),
    'symbol must be a letter and up to 14 letters, digits, dots or dashes',
  );

const timeframe = timeframeSchema.default('1m');

const replay = z
  .string()
  .max(100, 'replay is too long')
  .optional()
  .describe('id of a replay of this session: only what is known there by its own time');

/** Query of `GET /api/history`. */
export const historyQuerySchema = z.object({
  symbol: symbol.describe('any case'),
  timeframe,
  limit: plainWhole(1, 5_000, 'limit').default(300),
  sinceSeq: seq('sinceSeq').optional().describe('only bars with a seq above this, oldest first'),
  before: seq('before').optional().describe('only bars with a seq below this; the newest of them'),
  replay,
});
export type HistoryQuery = z.infer<typeof historyQuerySchema>;

/** Query of `GET /api/history/digest`. */
export const digestQuerySchema = z.object({
  symbol: symbol.describe('any case'),
  timeframe,
  from: seq('from').describe('first seq of the range'),
  to: seq('to').describe('last seq of the range, inclusive'),
  replay,
});
export type DigestQuery = z.infer<typeof digestQuerySchema>;

/** Query of `GET /api/quote`. */
export const quoteQuerySchema = z.object({ symbol: symbol.describe('any case'), replay });
export type QuoteQuery = z.infer<typeof quoteQuerySchema>;

const MOST_SYMBOLS = 500;

/** Query of `GET /api/symbols`. */
export const symbolsQuerySchema = z.object({
  search: z
    .string()
    .max(64, 'search is too long')
    .optional()
    .describe('part of a symbol or a name; without it, what is followed now'),
  asset_class: symbolInfoSchema.shape.asset_class.optional().describe('only symbols of this class'),
  limit: plainWhole(1, MOST_SYMBOLS, 'limit').default(100),
});
export type SymbolsQuery = z.infer<typeof symbolsQuerySchema>;

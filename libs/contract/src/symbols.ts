import * as z from 'zod';

/** A symbol after upper-casing (input contract): one to fifteen characters, a letter first. */
export const SYMBOL_PATTERN = /^[A-Z][A-Z0-9.-]{0,14}$/;

/** Whose trading day and sessions a symbol follows: New York's exchanges, or a market that never closes (UTC days). */
export const sessionCalendarSchema = z.enum(['XNYS', '24x7']);
export type SessionCalendar = z.infer<typeof sessionCalendarSchema>;

/** One row of `GET /api/symbols`. */
export const symbolInfoSchema = z
  .object({
    symbol: z.string(),
    name: z.string(),
    asset_class: z.enum(['us_equity', 'crypto', 'future', 'unknown']),
    calendar: sessionCalendarSchema,
    price_decimals: z.number().int().min(0).max(10).describe('decimals a price is shown with'),
  })
  .meta({ id: 'SymbolInfo' });
export type SymbolInfo = z.infer<typeof symbolInfoSchema>;

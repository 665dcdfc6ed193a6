import * as z from 'zod';
import { SYMBOL_PATTERN } from './symbols.js';

/** Lists one desk may have, and symbols on one of them. */
export const MOST_WATCHLISTS = 50;
export const MOST_WATCHED = 500;

const watchedSymbol = z
  .string()
  .max(64, 'symbol is too long')
  .transform((text) => text.trim().toUpperCase())
  .refine(
    (text) => SYMBOL_PATTERN.test(text),
    'symbol must be a letter and up to 14 letters, digits, dots or dashes',
  )
  .meta({ type: 'string' });

/** Body of `POST /api/watchlists`. */
export const watchlistDraftSchema = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1, 'name is required')
      .max(60, 'name is too long')
      .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'name holds characters that cannot be shown'),
    symbols: z
      .array(watchedSymbol)
      .max(MOST_WATCHED, `a watchlist holds at most ${MOST_WATCHED} symbols`)
      .refine((symbols) => new Set(symbols).size === symbols.length, 'a symbol stands on the list twice')
      .describe('in the order in which they are shown'),
  })
  .meta({ id: 'WatchlistDraft' });
export type WatchlistDraft = z.infer<typeof watchlistDraftSchema>;

/** Body of `PUT /api/watchlists/{id}`: the version it changes, and everything as it shall be. */
export const watchlistChangeSchema = watchlistDraftSchema
  .extend({ version: z.number().int().min(1).describe('the version this changes') })
  .meta({ id: 'WatchlistChange' });
export type WatchlistChange = z.infer<typeof watchlistChangeSchema>;

/** A watchlist as the API gives it. */
export const watchlistSchema = z
  .object({
    id: z.string(),
    version: z.number().int().min(1).describe('rises by one with every change'),
    name: z.string(),
    symbols: z.array(z.string()),
  })
  .meta({
    id: 'Watchlist',
    examples: [
      { id: '0197d1c4-4a0e-4b5e-9f5e-2f2f6f3f8a11', version: 1, name: 'Tech', symbols: ['AAPL', 'NVDA'] },
    ],
  });
export type Watchlist = z.infer<typeof watchlistSchema>;

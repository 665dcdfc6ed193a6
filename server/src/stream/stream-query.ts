import { TIMEFRAMES, type Timeframe } from '@libs/bars';
import { SYMBOL_PATTERN } from '@libs/contract';
import * as z from 'zod';

const MAX_SYMBOLS = 50;

/** Names separated by commas, in upper case and each once. */
function symbolList(name: string) {
  return z
    .string(`${name} is required: a comma-separated list`)
    .max(1_000, `${name} is too long`)
    .transform((text) => text.split(',').map((part) => part.trim().toUpperCase()))
    .refine(
      (list) => list.every((symbol) => SYMBOL_PATTERN.test(symbol)),
      `${name} must be names of a letter and up to 14 letters, digits, dots or dashes, separated by commas`,
    )
    .transform((list) => new Set(list))
    .refine((set) => set.size <= MAX_SYMBOLS, `${name} must be at most ${MAX_SYMBOLS}`)
    .meta({ type: 'string' });
}

const ONE_OF_THEM = `timeframe must be one of ${TIMEFRAMES.join(', ')}, or several of them separated by commas`;

const timeframes = z
  .string(ONE_OF_THEM)
  .max(100, 'timeframe is too long')
  .refine((text) => timeframesIn(text) !== null, ONE_OF_THEM);

/** Query of `GET /realtime/sse`. */
export const streamQuerySchema = z.object({
  symbols: symbolList('symbols').describe('1 to 50 symbols, comma-separated, any case'),
  timeframe: timeframes
    .default('1m')
    .meta({ enum: TIMEFRAMES, description: 'one of these, or several separated by commas' }),
  sinceSeq: z
    .string()
    .regex(/^\d{1,15}$/, 'sinceSeq must be a whole number')
    .transform(Number)
    .optional()
    .meta({ type: 'integer', minimum: 0 })
    .describe('send the finalized bars with a seq above this first'),
  lastEventId: z
    .string()
    .max(100, 'lastEventId is too long')
    .optional()
    .describe('id of the last event received, for clients that cannot set the Last-Event-ID header'),
  tape: symbolList('tape')
    .optional()
    .describe('those of the symbols whose tape is sent: events of what traded, four times a second'),
  replay: z
    .string()
    .max(100, 'replay is too long')
    .optional()
    .describe('id of a replay of this session; without it the live market'),
});
export type StreamQuery = z.infer<typeof streamQuerySchema>;

/** The timeframes of a list separated by commas, each once; `null` when one of them is none. */
export function timeframesIn(text: string): Set<Timeframe> | null {
  const parts = text.split(',').map((part) => part.trim());
  const known = parts.filter((part): part is Timeframe => (TIMEFRAMES as readonly string[]).includes(part));
  return known.length === parts.length ? new Set(known) : null;
}

import { SYMBOL_PATTERN } from '@libs/contract';
import * as z from 'zod';

/** Lines of one answer, at most. */
const MOST_LINES = 500;

const plainWhole = (min: number, max: number, what: string) =>
  z
    .string()
    .regex(/^\d{1,16}$/, `${what} must be a whole number`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `${what} must be between ${min} and ${max}`)
    .meta({ type: 'integer', minimum: min, maximum: max });

/** Query of `GET /api/coach/transcripts`. */
export const transcriptsQuerySchema = z.object({
  q: z.string().trim().max(200, 'q is too long').optional().describe('words to look for; any case'),
  before: plainWhole(1, Number.MAX_SAFE_INTEGER, 'before')
    .optional()
    .describe('id of a line: only what was said before it'),
  symbol: z
    .string()
    .max(64, 'symbol is too long')
    .toUpperCase()
    .regex(SYMBOL_PATTERN, 'must be a letter and up to 14 letters, digits, dots or dashes')
    .optional()
    .describe('only what was said of it, or with it on the chart'),
  from: plainWhole(0, Number.MAX_SAFE_INTEGER, 'from')
    .optional()
    .describe('earliest time on the desk, UTC epoch milliseconds'),
  to: plainWhole(0, Number.MAX_SAFE_INTEGER, 'to')
    .optional()
    .describe('only what was said before this time on the desk, UTC epoch milliseconds'),
  limit: plainWhole(1, MOST_LINES, 'limit').default(50),
});
export type TranscriptsQuery = z.infer<typeof transcriptsQuerySchema>;

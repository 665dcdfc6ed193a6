import * as z from 'zod';
import { timeframeSchema } from './bars.js';

/** Something the trader or the coach said; of an answer that was interrupted, what was heard of it. */
export const transcriptLineSchema = z
  .object({
    id: z.number().int(),
    conversation: z.string().describe('the same for everything said over one connection'),
    who: z.enum(['trader', 'coach']),
    text: z.string(),
    symbol: z.string().nullable().describe('symbol spoken of, else the one on the chart'),
    timeframe: timeframeSchema.nullable().describe('timeframe of the chart'),
    at: z.number().int().describe('what time it was on the desk, UTC epoch milliseconds'),
    said_at: z.number().int().describe('when it was said, UTC epoch milliseconds'),
  })
  .meta({ id: 'TranscriptLine' });
export type TranscriptLine = z.infer<typeof transcriptLineSchema>;

/** Answer of `GET /api/coach/transcripts`. */
export const transcriptsSchema = z
  .object({
    lines: z.array(transcriptLineSchema).describe('newest first'),
    more: z.boolean().describe('whether there are older ones: ask with before'),
  })
  .meta({ id: 'Transcripts' });
export type Transcripts = z.infer<typeof transcriptsSchema>;

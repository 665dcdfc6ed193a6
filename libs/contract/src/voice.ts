import * as z from 'zod';
import { timeframeSchema } from './bars.js';
import { SYMBOL_PATTERN } from './symbols.js';

/** Characters of one typed message. */
export const LONGEST_MESSAGE = 4_000;
/** Base64 characters of one piece of audio: two seconds and a half. */
const LONGEST_AUDIO = 160_000;

const id = z.string().min(1).max(128);
const base = { event_id: z.string().max(512).optional() };
const modalities = z.array(z.enum(['audio', 'text'])).length(1);
const milliseconds = z.number().int().min(0).max(60_000);

const turnDetection = z.object({
  type: z.enum(['server_vad', 'semantic_vad']),
  threshold: z.number().min(0).max(1).optional(),
  prefix_padding_ms: milliseconds.optional(),
  silence_duration_ms: milliseconds.optional(),
  create_response: z.boolean().optional(),
  interrupt_response: z.boolean().optional(),
  eagerness: z.enum(['low', 'medium', 'high', 'auto']).optional(),
});

/** What a client may change of its session. Instructions, tools, model and limits are the server's: they fall away. */
export const clientSessionSchema = z.object({
  output_modalities: modalities.optional(),
  audio: z
    .object({
      input: z
        .object({
          turn_detection: turnDetection.nullable().optional(),
          noise_reduction: z
            .object({ type: z.enum(['near_field', 'far_field']) })
            .nullable()
            .optional(),
        })
        .optional(),
      output: z.object({ speed: z.number().min(0.25).max(1.5).optional() }).optional(),
    })
    .optional(),
});
export type ClientSession = z.infer<typeof clientSessionSchema>;

/**
 * Every event a client may send, by the names of OpenAI's Realtime protocol (GA). A closed list: fields that are not named
 * are dropped, events that are not named are refused. Three are our own: `spotlight.confirm`, the trader's click on a
 * proposal, `spotlight.call_out`, by which the page has a signal spoken, and `spotlight.chart`, which tells what the
 * trader looks at.
 */
export const clientEventSchema = z.discriminatedUnion('type', [
  z.object({ ...base, type: z.literal('session.update'), session: clientSessionSchema }),
  z.object({
    ...base,
    type: z.literal('input_audio_buffer.append'),
    audio: z
      .string()
      .max(LONGEST_AUDIO)
      .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64'),
  }),
  z.object({ ...base, type: z.literal('input_audio_buffer.commit') }),
  z.object({ ...base, type: z.literal('input_audio_buffer.clear') }),
  z.object({
    ...base,
    type: z.literal('conversation.item.create'),
    previous_item_id: id.nullable().optional(),
    item: z.object({
      id: id.optional(),
      type: z.literal('message'),
      role: z.literal('user'),
      content: z
        .array(z.object({ type: z.literal('input_text'), text: z.string().max(LONGEST_MESSAGE) }))
        .min(1)
        .max(8),
    }),
  }),
  z.object({ ...base, type: z.literal('conversation.item.retrieve'), item_id: id }),
  z.object({ ...base, type: z.literal('conversation.item.delete'), item_id: id }),
  z.object({
    ...base,
    type: z.literal('conversation.item.truncate'),
    item_id: id,
    content_index: z.literal(0),
    audio_end_ms: z.number().int().min(0).max(3_600_000),
  }),
  z.object({
    ...base,
    type: z.literal('response.create'),
    response: z
      .object({
        output_modalities: modalities.optional(),
        metadata: z.record(z.string().max(64), z.string().max(512)).optional(),
      })
      .optional(),
  }),
  z.object({ ...base, type: z.literal('response.cancel'), response_id: id.optional() }),
  z.object({ ...base, type: z.literal('spotlight.confirm'), id, accept: z.boolean() }),
  z.object({ ...base, type: z.literal('spotlight.call_out'), signal_id: z.string().min(1).max(256) }),
  z.object({
    ...base,
    type: z.literal('spotlight.chart'),
    symbol: z.string().regex(SYMBOL_PATTERN),
    timeframe: timeframeSchema,
  }),
]);
export type ClientEvent = z.infer<typeof clientEventSchema>;

/** Answer of `POST /api/voice/token`. */
export const voiceTokenSchema = z
  .object({
    token: z.string().describe('good for one connection'),
    expiresAt: z.number().int().describe('UTC epoch milliseconds'),
    url: z.string().describe('where to connect; the token goes into the list of subprotocols as token.<jwt>'),
  })
  .meta({ id: 'VoiceToken' });
export type VoiceToken = z.infer<typeof voiceTokenSchema>;

/** Where a spoken figure comes from: `spotlight.citation`, sent with the sentence it stands in. */
export interface CitationEvent {
  readonly type: 'spotlight.citation';
  readonly event_id: string;
  readonly response_id: string;
  readonly item_id: string;
  /** Place in the transcript of the item, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** A quote, a bar by seq and revision, a rule by version, a signal, a note, a calendar or a list. */
  readonly source: object;
  /** When it was true, UTC epoch milliseconds, and how long ago that is. */
  readonly as_of: number;
  readonly age_ms: number;
  readonly stale: boolean;
}

/** Something the trader's own page does for the coach, once the trader has agreed: `spotlight.desk_action`. */
export type DeskAction =
  | { readonly kind: 'switch_chart'; readonly symbol: string | null; readonly timeframe: string | null }
  | {
      readonly kind: 'start_replay';
      readonly symbol: string;
      /** UTC epoch milliseconds. */
      readonly from: number;
      /** Multiple of real time. */
      readonly speed: number;
    };

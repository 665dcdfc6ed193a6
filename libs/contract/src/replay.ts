import * as z from 'zod';
import { timeframeSchema } from './bars.js';
import { signalSchema } from './rules.js';
import { SYMBOL_PATTERN } from './symbols.js';

const LATEST_MS = 8_640_000_000_000_000;

/** An instant: UTC epoch milliseconds, or ISO 8601 with a zone for people with curl. */
const instant = (what: string) =>
  z
    .union(
      [
        z.number().int().min(0).max(LATEST_MS),
        z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
      ],
      `${what} must be UTC epoch milliseconds, or a time such as 2026-06-01T13:30:00Z`,
    )
    .meta({ type: 'integer', description: 'UTC epoch milliseconds, or ISO 8601 with a zone' });

/** Multiple of real time, or as fast as the server can. */
export const replaySpeedSchema = z.union(
  [z.number().min(0.1).max(1_000), z.literal('max')],
  'speed must be a number from 0.1 to 1000, or "max"',
);

/** Id of a replay as it stands in routes and messages. */
export const replayIdSchema = z
  .string()
  .regex(/^p[0-9a-f]{16}$/, 'id must be the id of a replay')
  .meta({ example: 'p3043fddc9c87418c' });

/** Which replay is meant. */
export const replayRefSchema = z
  .strictObject({
    id: replayIdSchema.optional().describe('may be left out where the session has one replay'),
  })
  .meta({ id: 'ReplayRef' });
export type ReplayRef = z.infer<typeof replayRefSchema>;

/** Body of `POST /api/replay/start`. */
export const replayStartSchema = z
  .strictObject({
    symbols: z
      .array(
        z
          .string()
          .max(64, 'symbol is too long')
          .toUpperCase()
          .regex(SYMBOL_PATTERN, 'must be a letter and up to 14 letters, digits, dots or dashes'),
      )
      .min(1)
      .max(20)
      .refine((symbols) => new Set(symbols).size === symbols.length, 'names a symbol twice'),
    from: instant('from'),
    to: instant('to').optional().describe('default: the end of the trading day that holds from'),
    speed: replaySpeedSchema.default(1),
    timeframe: timeframeSchema.default('1m').describe('the timeframe whose bars a step goes by'),
    paused: z.boolean().default(false).describe('whether it waits at from until it is resumed'),
  })
  .meta({ id: 'ReplayStart' });
export type ReplayStart = z.infer<typeof replayStartSchema>;

/** Body of `POST /api/replay/speed`. */
export const replaySpeedChangeSchema = replayRefSchema
  .extend({ speed: replaySpeedSchema })
  .meta({ id: 'ReplaySpeed' });
export type ReplaySpeedChange = z.infer<typeof replaySpeedChangeSchema>;

/** Body of `POST /api/replay/seek`. */
export const replaySeekSchema = replayRefSchema
  .extend({ time: instant('time').describe('from the start of the replay to its end') })
  .meta({ id: 'ReplaySeek' });
export type ReplaySeek = z.infer<typeof replaySeekSchema>;

/** Query of `GET /api/replay/{id}/signals`. */
export const replaySignalsSchema = z
  .strictObject({ limit: z.coerce.number().int().min(1).max(500).default(200) })
  .meta({ id: 'ReplaySignals' });
export type ReplaySignals = z.infer<typeof replaySignalsSchema>;

/** A signal of a replay: on no record, and never muted. */
export const replaySignalSchema = signalSchema.extend({ muted: z.boolean() }).meta({ id: 'ReplaySignal' });

/** A replay as every one of its routes answers. Times are UTC epoch milliseconds. */
export const replayStateSchema = z
  .object({
    id: replayIdSchema,
    state: z.enum(['playing', 'paused', 'ended', 'stopped']),
    reason: z.string().describe('what it does, in words'),
    symbols: z.array(z.string()),
    timeframe: timeframeSchema,
    from: z.number().int(),
    to: z.number().int(),
    clock: z.number().int().describe('time in the replay; nothing later is known there'),
    speed: replaySpeedSchema,
    made_of: z
      .record(z.string(), z.enum(['trades', 'bars', 'trades and bars']))
      .describe('by symbol: from trades candles form, from bars they come finished'),
    epoch: z
      .object({ id: z.string(), startMs: z.number() })
      .describe('another one after a seek backwards: seed again'),
    rules: z.number().int().describe('alert rules at work in it'),
    alerts: z.number().int().describe('alerts they have given so far'),
  })
  .meta({ id: 'ReplayState' });
export type ReplayState = z.infer<typeof replayStateSchema>;

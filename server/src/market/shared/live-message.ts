import type { Microbar } from '@libs/bars';
import { ohlcvSchema, timeframeSchema, type StatusEvent } from '@libs/contract';
import * as z from 'zod';

/** A trade as it travels: symbol, exchange time, price, size. */
export type RelayedTrade = readonly [symbol: string, tsMs: number, price: number, size: number];

/** What the leader tells the others several times a second. Everything in it is replaced by the next one. */
export interface LiveMessage {
  readonly fence: number;
  readonly status: StatusEvent;
  readonly microbars: readonly Microbar[];
  readonly trades: readonly RelayedTrade[];
}

const gapSchema = z.object({ symbol: z.string(), from: z.number(), to: z.number(), reason: z.string() });

/** A message is checked where it arrives: anybody may write into a Redis, and an instance of another version may. */
export const liveMessageSchema: z.ZodType<LiveMessage> = z.object({
  fence: z.int(),
  status: z.object({
    state: z.enum(['live', 'delayed', 'simulated', 'replay', 'stale', 'down']),
    source: z.string(),
    reason: z.string(),
    ts: z.number(),
    gaps: z.array(gapSchema).exactOptional(),
  }),
  microbars: z.array(
    z.object({
      symbol: z.string(),
      timeframe: timeframeSchema,
      seq: z.int(),
      bar_start: z.number(),
      bar_end: z.number(),
      ohlcv: ohlcvSchema,
      ts: z.number(),
    }),
  ),
  trades: z.array(z.tuple([z.string(), z.number(), z.number(), z.number()])),
});

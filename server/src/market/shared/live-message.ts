import type { Microbar, Timeframe } from '@libs/bars';
import {
  ohlcvSchema,
  SYMBOL_PATTERN,
  timeframeSchema,
  type StatusEvent,
  type TapeEvent,
} from '@libs/contract';
import * as z from 'zod';
import type { MarketQuote } from '../quotes/market-quote.js';

/** A trade as it travels: symbol, exchange time, price, size. */
export type RelayedTrade = readonly [symbol: string, tsMs: number, price: number, size: number];

/** Bid and ask as they travel. */
export type RelayedQuote = Omit<MarketQuote, 'symbolIndex'> & { readonly symbol: string };

/** What the leader tells the others several times a second. Everything in it is replaced by the next one. */
export interface LiveMessage {
  readonly fence: number;
  readonly status: StatusEvent;
  readonly microbars: readonly Microbar[];
  readonly trades: readonly RelayedTrade[];
  /** What traded in the symbols whose tape somebody looks at. */
  readonly tape: readonly TapeEvent[];
  /** Bid and ask that changed; an older instance tells none. */
  readonly quotes?: readonly RelayedQuote[];
}

/** What the clients of an instance that follows look at. */
export interface LiveDemand {
  readonly timeframes: readonly Timeframe[];
  /** Symbols. */
  readonly tape: readonly string[];
}

/** Symbols in one demand. */
export const MOST_TAPES = 200;

/** Checked where it arrives, as {@link liveMessageSchema}. */
export const liveDemandSchema: z.ZodType<LiveDemand> = z.object({
  timeframes: z.array(timeframeSchema),
  tape: z.array(z.string().regex(SYMBOL_PATTERN)).max(MOST_TAPES),
});

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
    halted: z.array(z.object({ symbol: z.string(), since: z.number() })).exactOptional(),
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
  tape: z.array(
    z.object({
      symbol: z.string(),
      rows: z.array(
        z.object({
          ts: z.number(),
          price: z.number(),
          size: z.number(),
          n: z.int(),
          volume_only: z.boolean().exactOptional(),
        }),
      ),
      left_out: z.int(),
      quote: z
        .object({
          ts: z.number(),
          bid: z.number().nullable(),
          bid_size: z.number().nullable(),
          ask: z.number().nullable(),
          ask_size: z.number().nullable(),
        })
        .exactOptional(),
    }),
  ),
  quotes: z
    .array(
      z.object({
        symbol: z.string(),
        tsMs: z.number(),
        bid: z.number().nullable(),
        bidSize: z.number().nullable(),
        ask: z.number().nullable(),
        askSize: z.number().nullable(),
      }),
    )
    .exactOptional(),
});

import { TIMEFRAMES } from '@libs/bars';
import * as z from 'zod';

const whole = z.number().int();

/** Timeframe as it stands in routes and messages. */
export const timeframeSchema = z.enum(
  TIMEFRAMES as [(typeof TIMEFRAMES)[number], ...(typeof TIMEFRAMES)[number][]],
);

/** Open, high, low, close in quote currency; volume in shares, contracts or coins. */
export const ohlcvSchema = z.object({
  o: z.number(),
  h: z.number(),
  l: z.number(),
  c: z.number(),
  v: z.number().min(0),
});

/** A finalized bar; the same shape as `Bar` of `@libs/bars`, which is the one to use in code. */
export const barSchema = z
  .object({
    symbol: z.string(),
    timeframe: timeframeSchema,
    seq: whole.describe('floor(bar_start / timeframe_ms)'),
    prev_seq: whole
      .nullable()
      .describe('seq of the bar before this one in the same series, null for the first known'),
    rev: whole.min(0).describe('0 as first finalized; each official correction is the next revision'),
    bar_start: whole.describe('UTC epoch milliseconds, inclusive'),
    bar_end: whole.describe('UTC epoch milliseconds, exclusive'),
    ohlcv: ohlcvSchema,
    vw: z.number().describe('volume-weighted average price'),
    n: whole.min(0).describe('number of trades'),
  })
  .meta({ id: 'Bar' });

import { SYMBOL_PATTERN, timeframeSchema } from '@libs/contract';
import * as z from 'zod';
import { namingOf } from './named-values.js';

const symbol = z
  .string()
  .max(64)
  .transform((text) => text.toUpperCase())
  .refine((text) => SYMBOL_PATTERN.test(text), 'must be a symbol such as SPY');
const timeframe = timeframeSchema.default('1m');
const ruleName = z.string().trim().min(1).max(80).describe('id or name of a rule');

/** What the tools take, as zod schemas: strict, bounded, with defaults. */
export const TOOL_INPUTS = {
  quote: z.strictObject({ symbol }),
  bars: z.strictObject({
    symbol,
    timeframe,
    count: z.number().int().min(1).max(30).default(5).describe('newest finalized bars'),
  }),
  values: z.strictObject({
    symbol,
    timeframe,
    of: z
      .array(
        z
          .string()
          .max(40)
          .refine((text) => namingOf(text) !== null, 'must be one such as vwap, ema(20), rsi(14), priorHigh'),
      )
      .max(8)
      .default([])
      .describe(
        'vwap, ema(n), sma(n), rsi(n), atr(n), adx(n), rvol(n), dayHigh, priorClose and so on; none: key levels',
      ),
  }),
  session: z.strictObject({ symbol: symbol.optional().describe("default: the desk's first") }),
  rules: z.strictObject({}),
  signals: z.strictObject({
    symbol: symbol.optional(),
    limit: z.number().int().min(1).max(10).default(5),
  }),
  why: z.strictObject({
    symbol,
    rule: ruleName.optional().describe('default: of the newest signal, else the only rule'),
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 10:13')
      .optional()
      .describe("start of the bar, on the exchange's clock; default: the newest signal, else the newest bar"),
  }),
  backtest: z.strictObject({ rule: ruleName }),
  createAlert: z.strictObject({
    symbol,
    side: z.enum(['above', 'below']),
    level: z
      .union([z.number().positive().max(1e9), z.string().max(40)])
      .refine(
        (level) => typeof level === 'number' || namingOf(level)?.isLevel === true,
        'must be a price or a level',
      )
      .describe('a price, or a level such as vwap'),
    timeframe,
  }),
  notes: z.strictObject({
    words: z.string().trim().max(80).default('').describe('in text, tags or setup; empty: the newest'),
    limit: z.number().int().min(1).max(10).default(5),
  }),
  addNote: z.strictObject({
    text: z.string().trim().min(1).max(2_000),
    symbol: symbol.optional(),
  }),
  startReplay: z.strictObject({
    symbol,
    day: z
      .string()
      .regex(
        /^(today|yesterday|(mon|tues|wednes|thurs|fri|satur|sun)day|\d{4}-\d{2}-\d{2})$/,
        'must be today, yesterday, a day of the week or a date such as 2026-11-18',
      )
      .default('today'),
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 10:13')
      .optional()
      .describe("on the exchange's clock; default: the open"),
    speed: z.number().min(0.1).max(1_000).default(1).describe('multiple of real time'),
  }),
  switchChart: z
    .strictObject({ symbol: symbol.optional(), timeframe: timeframeSchema.optional() })
    .refine(
      (input) => input.symbol !== undefined || input.timeframe !== undefined,
      'needs a symbol or a timeframe',
    ),
} as const;

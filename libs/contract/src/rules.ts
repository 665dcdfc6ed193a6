import * as z from 'zod';
import { ohlcvSchema, timeframeSchema } from './bars.js';
import { SYMBOL_PATTERN } from './symbols.js';

const whole = z.number().int();
const seq = whole.describe('floor(bar_start / timeframe_ms)');

/** Part of the trading day a bar starts in. `open24`: a market that never closes. */
export const sessionNameSchema = z.enum(['pre', 'regular', 'post', 'closed', 'open24']);

/** How loudly a signal is told. */
export const severitySchema = z.enum(['info', 'notice', 'urgent']);

/** What a person decides about a rule. The rest is the desk's. The condition itself is checked by `@libs/rules`. */
export const ruleDraftSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(80),
    symbols: z
      .array(
        z
          .string()
          .toUpperCase()
          .regex(/^(\*|[A-Z][A-Z0-9.-]{0,14})$/, 'must be a symbol such as SPY, or * for all'),
      )
      .min(1)
      .max(50)
      .refine((symbols) => new Set(symbols).size === symbols.length, 'names a symbol twice')
      .describe('symbols it watches, or * for every one the desk carries'),
    timeframe: timeframeSchema.default('1m'),
    when: z.string().min(1).max(2_048).describe('condition in the rule language, docs/concepts/rules.md'),
    on: z.literal('barClose').default('barClose').describe('judged at every finalized bar'),
    cooldownBars: whole
      .min(0)
      .max(10_000)
      .default(0)
      .describe('after a signal none follows while seq - seq of that signal is at or below this'),
    oncePerSession: z.boolean().default(false),
    sessions: z
      .array(sessionNameSchema)
      .max(5)
      .default([])
      .describe('sessions it is judged in; none for all'),
    expiresMs: whole.min(0).nullable().default(null).describe('bars that start here or later are not judged'),
    severity: severitySchema.default('info'),
    explain: z
      .string()
      .trim()
      .max(280)
      .default('')
      .describe("the author's words, put before the explanation"),
    enabled: z.boolean().default(true).describe('whether it is judged'),
  })
  .meta({ id: 'RuleDraft' });
export type RuleDraft = z.infer<typeof ruleDraftSchema>;

/** One version of a rule: `Rule` of `@libs/rules`, and whether it is judged. */
export const ruleSchema = ruleDraftSchema
  .extend({
    id: z.string().regex(/^[a-z0-9-]{1,40}$/),
    version: whole.min(1).describe('1 for the first, one higher with each change; none is ever edited'),
  })
  .meta({ id: 'Rule' });

/** The newest version of a rule as its owner sees it, with what is set beside the versions. */
export const ownRuleSchema = ruleSchema
  .extend({
    muted_until: whole
      .nullable()
      .describe(
        'until when (UTC epoch milliseconds) its alerts come without sound, notification and delivery',
      ),
  })
  .meta({ id: 'OwnRule' });
export type OwnRule = z.infer<typeof ownRuleSchema>;

/** The bars of one series that a signal rests on. */
export const receiptBarsSchema = z
  .object({
    symbol: z.string().regex(SYMBOL_PATTERN),
    timeframe: timeframeSchema,
    from_seq: seq,
    to_seq: seq,
    count: whole.min(1),
    checksum: z.string().regex(/^[0-9a-f]{8}$/),
    revised: z.array(z.object({ seq, rev: whole.min(1) })),
  })
  .meta({ id: 'ReceiptBars' });

/** A rule that became true at a bar. The same shape as `Signal` of `@libs/rules`. */
export const signalSchema = z
  .object({
    id: z.string().describe('<rule>:<symbol>:<timeframe>:<seq>; there is one at most'),
    rule: z.object({
      id: z.string(),
      version: whole.min(1),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
      name: z.string(),
    }),
    severity: severitySchema,
    symbol: z.string().regex(SYMBOL_PATTERN),
    timeframe: timeframeSchema,
    seq,
    rev: whole.min(0).describe('revision of the bar that was judged'),
    bar_start: whole,
    bar_end: whole,
    ohlcv: ohlcvSchema,
    session: sessionNameSchema,
    trade_date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
    explanation: z.string().describe('plain words, made from the evaluation'),
    values: z.array(
      z.object({
        of: z.string(),
        timeframe: timeframeSchema,
        value: z.number().nullable().describe('null where it was unknown'),
      }),
    ),
    bars: z.array(receiptBarsSchema),
  })
  .meta({ id: 'Signal' });

/** A fault in a condition: offsets into its text (UTF-16, `end` exclusive), with 1-based line and column of the start. */
export const conditionFaultSchema = z
  .object({
    message: z.string(),
    start: whole.min(0),
    end: whole.min(0),
    line: whole.min(1),
    column: whole.min(1),
  })
  .meta({ id: 'ConditionFault' });
export type ConditionFault = z.infer<typeof conditionFaultSchema>;

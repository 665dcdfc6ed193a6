import { ruleDraftSchema, SYMBOL_PATTERN, timeframeSchema } from '@libs/contract';
import * as z from 'zod';

/** Rules one desk may have; bounds what one bar can cost. */
export const LARGEST_RULE_SET = 200;
/** Bars of the judged timeframe that one backtest may cover, over all its symbols. */
export const LARGEST_BACKTEST = 100_000;

const plainWhole = (min: number, max: number, what: string) =>
  z
    .string()
    .regex(/^\d{1,16}$/, `${what} must be a whole number`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `${what} must be between ${min} and ${max}`)
    .meta({ type: 'integer', minimum: min, maximum: max });

const symbol = z
  .string('symbol is required')
  .max(64, 'symbol is too long')
  .transform((text) => text.toUpperCase())
  .refine(
    (text) => SYMBOL_PATTERN.test(text),
    'symbol must be a letter and up to 14 letters, digits, dots or dashes',
  );
const epochMs = (what: string) => plainWhole(0, Number.MAX_SAFE_INTEGER, what);
const ruleId = z.string().regex(/^[a-z0-9-]{1,40}$/, 'rule must be the id of a rule');

/** Body of `PUT /api/rules/{id}`: the version it changes, and everything as it shall be. */
export const ruleChangeSchema = ruleDraftSchema
  .extend({ version: z.number().int().min(1).describe('the version this changes') })
  .meta({ id: 'RuleChange' });
export type RuleChange = z.infer<typeof ruleChangeSchema>;

/** Body of `PUT /api/rules/{id}/mute`. */
export const muteSchema = z
  .strictObject({
    until: z
      .number()
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER)
      .nullable()
      .describe('UTC epoch milliseconds; null to be told again'),
  })
  .meta({ id: 'RuleMute' });
export type MuteBody = z.infer<typeof muteSchema>;

/** Query of `DELETE /api/rules/{id}`. */
export const ruleDeleteSchema = z.object({
  version: plainWhole(1, 1_000_000, 'version').describe('the newest version'),
});
export type RuleDelete = z.infer<typeof ruleDeleteSchema>;

/** Body of `POST /api/rules/validate`. */
export const validateSchema = z
  .strictObject({ when: z.string().max(8_192), timeframe: timeframeSchema.default('1m') })
  .meta({ id: 'RuleToValidate' });
export type ValidateBody = z.infer<typeof validateSchema>;

/** Query of `GET /api/rules/{id}/explain`. */
export const explainQuerySchema = z.object({
  symbol,
  seq: plainWhole(0, Number.MAX_SAFE_INTEGER, 'seq').describe("seq of the bar, in the rule's timeframe"),
});
export type ExplainQuery = z.infer<typeof explainQuerySchema>;

/** Query of `GET /api/signals`. */
export const signalsQuerySchema = z.object({
  symbol: symbol.optional(),
  rule: ruleId.optional(),
  from: epochMs('from').optional().describe("earliest start of the signal's bar, UTC epoch milliseconds"),
  to: epochMs('to').optional().describe("latest start of the signal's bar"),
  limit: plainWhole(1, 1_000, 'limit').default(100),
});
export type SignalsQuery = z.infer<typeof signalsQuerySchema>;

const horizons = z.array(z.number().int().min(1).max(500)).min(1).max(8);

/** Body of `POST /api/rules/backtest`: a rule by id, or a draft that was never saved. */
export const backtestBodySchema = z
  .strictObject({
    rule: z.union([ruleId, ruleDraftSchema]),
    symbols: z.array(symbol).min(1).max(50).optional().describe("default: the rule's own"),
    from: z
      .number()
      .int()
      .min(0)
      .optional()
      .describe('bars that close later are judged, UTC epoch milliseconds'),
    to: z.number().int().min(0).optional().describe('bars that close at this moment or before are judged'),
    side: z.enum(['long', 'short']).optional(),
    stopPercent: z.number().positive().max(50).optional().describe('risk as per cent of the price'),
    stopAtr: z.number().positive().max(20).optional().describe('risk as a multiple of the ATR over 14 bars'),
    targetR: z.number().positive().max(50).optional(),
    longestBars: z.number().int().min(1).max(5_000).optional(),
    isFlatOvernight: z.boolean().optional(),
    costBps: z.number().min(0).max(500).optional(),
    horizonsBars: horizons.optional(),
  })
  .refine(({ stopPercent, stopAtr }) => stopPercent === undefined || stopAtr === undefined, {
    message: 'give stopPercent or stopAtr, not both',
    path: ['stopAtr'],
  })
  .meta({ id: 'BacktestRequest' });
export type BacktestBody = z.infer<typeof backtestBodySchema>;

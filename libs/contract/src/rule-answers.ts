import * as z from 'zod';
import { timeframeSchema } from './bars.js';
import { conditionFaultSchema, ruleDraftSchema, signalSchema } from './rules.js';

const whole = z.number().int();
const number = z.number();
const share = z.number().min(0).max(1).nullable();

/** A condition to start from. */
export const ruleSetupSchema = z
  .object({
    key: z.string(),
    name: z.string(),
    idea: z.string().describe('what it looks for and how one reads it'),
    rule: ruleDraftSchema.pick({
      timeframe: true,
      when: true,
      cooldownBars: true,
      oncePerSession: true,
      sessions: true,
      severity: true,
      explain: true,
    }),
  })
  .meta({ id: 'RuleSetup' });

/** A word of the rule language. */
export const ruleWordSchema = z
  .object({ word: z.string(), written: z.string().describe('with its arguments'), summary: z.string() })
  .meta({ id: 'RuleWord' });

/** Answer of `POST /api/rules/validate`. */
export const checkedConditionSchema = z
  .discriminatedUnion('valid', [
    z.object({
      valid: z.literal(true),
      canonical: z.string().describe('the condition as it is kept'),
      lookback: z.record(z.string(), number).describe('bars it reads back, by timeframe'),
    }),
    z.object({ valid: z.literal(false), fault: conditionFaultSchema }),
  ])
  .meta({ id: 'CheckedCondition' });

const receiptValueSchema = z.object({ of: z.string(), timeframe: timeframeSchema, value: number.nullable() });

/** A condition or a part of it, with what the evaluation found. */
const explainedPartSchema = z
  .object({
    text: z.string().meta({ example: 'close > vwap' }),
    timeframe: timeframeSchema,
    holds: z.boolean().nullable().describe('null for unknown'),
    words: z.string().describe('plain words with the values'),
    get parts() {
      return z.array(explainedPartSchema);
    },
  })
  .meta({ id: 'ExplainedPart' });

/** Answer of `GET /api/rules/{id}/explain`. */
export const barExplanationSchema = z
  .object({
    outcome: z.enum([
      'signal',
      'false',
      'unknown',
      'still true',
      'cooldown',
      'once per session',
      'outside sessions',
      'expired',
      'not active yet',
      'first bar',
    ]),
    words: z.string().describe('one sentence: the outcome and what decided it'),
    condition: explainedPartSchema,
    values: z.array(receiptValueSchema),
  })
  .meta({ id: 'BarExplanation' });

/** Answer of `GET /api/signals/{id}/verify`. */
export const verificationSchema = z
  .object({
    holds: z.boolean().describe('every bar is as it was and every value came out the same, bit by bit'),
    faults: z.array(z.string()).describe('what differs, in plain words'),
    values: z.array(
      z.object({ of: z.string(), timeframe: z.string(), told: number.nullable(), found: number.nullable() }),
    ),
  })
  .meta({ id: 'Verification' });

const tradeStatisticsSchema = z
  .object({
    trades: whole,
    wins: whole,
    hitRate: share.describe('share of trades that won after costs'),
    hitRateLow: share.describe('95 % interval (Wilson)'),
    hitRateHigh: share,
    meanR: number.nullable().describe('mean result in R after costs'),
    meanRLow: number.nullable(),
    meanRHigh: number.nullable(),
    meanGrossR: number.nullable(),
    totalR: number,
    profitFactor: number.nullable().describe('wins by losses; null without a loss'),
    maxDrawdownR: number.min(0),
    meanMaeR: number.nullable(),
    meanMfeR: number.nullable(),
    isSmallSample: z.boolean().describe('too few trades to believe the rest'),
  })
  .meta({ id: 'BacktestStatistics' });
const tradeGroups = z.array(z.object({ name: z.string(), statistics: tradeStatisticsSchema }));

const backtestTradeSchema = z
  .object({
    signalId: z.string(),
    symbol: z.string(),
    entrySeq: whole,
    entryMs: whole,
    entry: number,
    stop: number,
    target: number,
    exitSeq: whole,
    exit: number,
    reason: z.enum(['target', 'stop', 'time', 'day end', 'open']),
    bars: whole,
    resultR: number.describe('after costs'),
    grossR: number,
    maeR: number.describe('furthest against the trade, at or below 0'),
    mfeR: number.describe('furthest for the trade, at or above 0'),
  })
  .meta({ id: 'BacktestTrade' });

/** Answer of `POST /api/rules/backtest`. */
export const backtestResultSchema = z
  .object({
    from_seq: whole.nullable().describe('first bar that was judged'),
    to_seq: whole.nullable(),
    barsJudged: whole,
    signals: z.array(signalSchema),
    signalsSha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe('equal for the same stretch live or in replay'),
    trades: z.array(backtestTradeSchema),
    skipped: z
      .object({ inTrade: whole, noNextBar: whole, noRisk: whole })
      .describe('signals that were not traded'),
    openTrades: whole.describe('still open when the bars ended; in no statistic'),
    statistics: tradeStatisticsSchema,
    forwardReturns: z.array(
      z.object({
        bars: whole,
        count: whole,
        mean: number.nullable(),
        hitRate: share,
        hitRateLow: share,
        hitRateHigh: share,
      }),
    ),
    byHour: tradeGroups,
    bySession: tradeGroups,
    options: z.object({
      side: z.enum(['long', 'short']),
      stop: z.union([z.object({ percent: number }), z.object({ atrMultiple: number })]),
      targetR: number,
      longestBars: whole,
      isFlatOvernight: z.boolean(),
      costBps: number,
      horizonsBars: z.array(whole),
    }),
  })
  .meta({ id: 'BacktestResult' });

import { seqOf, type Bar, type Timeframe } from '@libs/bars';
import type { Fact } from '../facts/fact.js';
import { factsOf } from '../facts/facts-of.js';
import type {
  BacktestFinding,
  QuoteFinding,
  SessionFinding,
  SpokenRule,
  SymbolFigures,
  ValuesFinding,
} from '../facts/findings.js';
import type { Grounds } from '../grounding/ground-sentence.js';

/** Thursday 2026-11-19, 10:43:20 in New York. */
export const NOW_MS = Date.UTC(2026, 10, 19, 15, 43, 20);
const MINUTE_MS = 60_000;

/** The same numbers for the same seed, in [0, 1). */
export function seeded(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** A symbol on a made-up morning, with everything tools would find of it. */
export interface Stage {
  readonly of: SymbolFigures;
  readonly quote: QuoteFinding & { price: number; ts: number };
  readonly prior: number;
  readonly bars: readonly Bar[];
  readonly values: ValuesFinding;
}

export interface World {
  readonly one: Stage;
  readonly other: Stage;
  readonly rule: SpokenRule;
  readonly backtest: BacktestFinding;
  readonly session: SessionFinding;
  readonly facts: readonly Fact[];
  readonly grounds: Grounds;
}

const cents = (value: number): number => Math.round(value * 100) / 100;

function stageOf(symbol: string, name: string, random: () => number, ageMs: number): Stage {
  const of: SymbolFigures = { symbol, name, calendar: 'XNYS', priceDecimals: 2 };
  const prior = cents(80 + random() * 800);
  let price = prior * (1 + (random() - 0.5) / 40);
  const newestStartMs = Math.floor(NOW_MS / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
  const bars: Bar[] = [];
  for (let index = 4; index >= 0; index--) {
    const o = cents(price);
    price *= 1 + (random() - 0.5) / 100;
    const c = cents(price);
    const h = cents(Math.max(o, c) + 0.03 + random());
    const l = cents(Math.min(o, c) - 0.03 - random());
    bars.push(
      barOf(symbol, newestStartMs - index * MINUTE_MS, {
        o,
        h,
        l,
        c,
        v: 1_000 + Math.floor(random() * 900_000),
      }),
    );
  }
  const newest = bars.at(-1)!;
  const vwap = newest.ohlcv.c * (1 + (random() - 0.5) / 100) + 0.0137;
  const last = cents(newest.ohlcv.c + 0.11 + random());
  const priorBar = barOf(symbol, NOW_MS - 20 * 60 * MINUTE_MS, {
    o: prior,
    h: prior,
    l: prior,
    c: prior,
    v: 1,
  });
  return {
    of,
    prior,
    bars,
    quote: {
      kind: 'quote',
      of,
      price: last,
      size: 100 + Math.floor(random() * 899),
      ts: NOW_MS - ageMs,
      session: 'regular',
      feedState: 'live',
      priorClose: { price: prior, bar: priorBar },
    },
    values: {
      kind: 'values',
      of,
      timeframe: '1m',
      bar: newest,
      values: [
        { tag: 'vwap', name: 'VWAP', scope: 'none', unit: 'price', isLevel: true, value: vwap },
        { tag: 'ema20', name: 'EMA 20', scope: 'none', unit: 'price', isLevel: true, value: vwap + 0.7731 },
        {
          tag: 'rsi14',
          name: 'RSI 14',
          scope: 'none',
          unit: 'index',
          isLevel: false,
          value: 20 + random() * 60,
        },
        {
          tag: 'rvol',
          name: 'relative volume',
          scope: 'none',
          unit: 'multiple',
          isLevel: false,
          value: 1.2 + random() * 3,
        },
        {
          tag: 'high',
          name: "today's high",
          scope: 'day',
          unit: 'price',
          isLevel: true,
          value: cents(newest.ohlcv.h + 2.17),
        },
        {
          tag: 'low',
          name: "today's low",
          scope: 'day',
          unit: 'price',
          isLevel: true,
          value: cents(newest.ohlcv.l - 2.29),
        },
        {
          tag: 'high',
          name: 'the prior high',
          scope: 'prior',
          unit: 'price',
          isLevel: true,
          value: cents(prior + 3.41),
        },
      ],
    },
  };
}

export function barOf(
  symbol: string,
  startMs: number,
  ohlcv: Bar['ohlcv'],
  timeframe: Timeframe = '1m',
): Bar {
  const seq = seqOf(startMs, timeframe);
  return {
    symbol,
    timeframe,
    seq,
    prev_seq: seq - 1,
    rev: 0,
    bar_start: startMs,
    bar_end: startMs + MINUTE_MS,
    ohlcv,
    vw: ohlcv.c,
    n: 10,
  };
}

/** A world of two symbols; prices of the first are `ageMs` old. */
export function worldOf(seed: number, ageMs = 2_000): World {
  const random = seeded(seed + 1);
  const one = stageOf('SPY', 'SPDR S&P 500', random, ageMs);
  const other = stageOf('QQQ', 'Invesco QQQ', random, 1_500);
  const rule: SpokenRule = {
    id: 'r-1',
    version: 3,
    name: 'VWAP reclaim 9',
    when: 'crossesAbove(close, vwap)',
    timeframe: '1m',
    symbols: ['*'],
    enabled: true,
  };
  const trades = 31 + Math.floor(random() * 60);
  const wins = 10 + Math.floor(random() * 20);
  const backtest: BacktestFinding = {
    kind: 'backtest',
    rule,
    barsJudged: 3_000 + Math.floor(random() * 5_000),
    signals: trades + 3,
    trades,
    wins,
    hitRate: wins / trades,
    meanR: 0.04 + random() / 2,
    totalR: 3 + random() * 20,
    maxDrawdownR: 1 + random() * 4,
    isSmallSample: false,
  };
  const session: SessionFinding = {
    kind: 'session',
    of: one.of,
    session: 'regular',
    startMs: Date.UTC(2026, 10, 19, 14, 30),
    endMs: Date.UTC(2026, 10, 19, 21, 0),
    nextOpenMs: Date.UTC(2026, 10, 20, 14, 30),
    tradeDate: '2026-11-19',
  };
  const facts = [one, other].flatMap((stage) => [
    ...factsOf({ kind: 'bars', of: stage.of, timeframe: '1m', bars: stage.bars }, NOW_MS),
    ...factsOf(stage.values, NOW_MS),
    ...factsOf(stage.quote, NOW_MS),
  ]);
  facts.push(...factsOf(backtest, NOW_MS), ...factsOf(session, NOW_MS));
  const grounds: Grounds = {
    facts,
    nowMs: NOW_MS,
    symbols: ['SPY', 'QQQ'],
    names: [rule.name],
    quotations: [],
    focus: 'SPY',
  };
  return { one, other, rule, backtest, session, facts, grounds };
}

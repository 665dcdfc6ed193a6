// Rules over bars, in memory, on one core: a closed minute of many symbols, and a backtest.
import technicalindicators from 'technicalindicators';
import { comparison, interleave } from '../kit/compare.mjs';
import { libEntry } from '../kit/paths.mjs';
import { ruleOf } from '../kit/plain-rule.mjs';

const { backtest, compileRule, RuleEngine } = await import(libEntry('rules'));

const { EMA, RSI, SMA } = technicalindicators;
const FIRST_SEQ = 29_000_000;
const SYMBOLS = Array.from({ length: 50 }, (_, index) => `S${index}`);
const RULES = 200;
/** Bars shown before anything is measured: enough for every indicator here. */
const WARM_UP_BARS = 1_300;
const BACKTEST_BARS = 98_000;

export default async function run({ quick }) {
  const rounds = quick ? 3 : 9;
  return [await closedMinutes(rounds, quick ? 60 : 200), await oneBacktest(rounds)];
}

/** 200 rules on 50 symbols: what a minute costs that closes in all of them. */
async function closedMinutes(rounds, minutes) {
  const bars = makeBars(WARM_UP_BARS + minutes * (rounds + 1));
  const conditions = Array.from({ length: RULES }, (_, index) => conditionOf(index));
  const rules = conditions.map(({ when }, index) => compileRule(ruleOf(when, `r${index}`)));
  const engine = new RuleEngine({
    rules: rules.map((compiled) => ({ compiled, activeAfterMs: -Infinity })),
    symbols: new Map(SYMBOLS.map((symbol) => [symbol, '24x7'])),
  });
  for (const bar of bars.slice(0, WARM_UP_BARS))
    for (const symbol of SYMBOLS) engine.warmUp({ ...bar, symbol });
  const tables = indicatorTables(bars);
  let [ourNext, peerNext] = [WARM_UP_BARS, WARM_UP_BARS];
  let [ourSignals, peerSignals] = [0, 0];
  const wasTrue = SYMBOLS.map(() => conditions.map(({ holds }) => holds(tables, WARM_UP_BARS - 1)));
  const results = await interleave({
    rounds,
    ours: () => {
      const run = bars
        .slice(ourNext, ourNext + minutes)
        .map((bar) => SYMBOLS.map((symbol) => ({ ...bar, symbol })));
      ourNext += minutes;
      return measure(() => {
        for (const minute of run) for (const bar of minute) ourSignals += engine.push(bar).signals.length;
      }, minutes);
    },
    peer: () => {
      const from = peerNext;
      peerNext += minutes;
      return measure(() => {
        for (let at = from; at < from + minutes; at++) {
          for (const before of wasTrue) {
            for (let index = 0; index < conditions.length; index++) {
              const isTrue = conditions[index].holds(tables, at);
              if (isTrue && !before[index]) peerSignals++;
              before[index] = isTrue;
            }
          }
        }
      }, minutes);
    },
  });
  if (ourSignals === 0 || ourSignals !== peerSignals)
    throw new Error(`the engine found ${ourSignals} signals, the closures ${peerSignals}`);
  return comparison(results, ({ cpuMs }) => cpuMs, {
    what: `${RULES} rules x ${SYMBOLS.length} symbols on a closed minute`,
    unit: 'ms CPU',
    peer: 'closures over precomputed indicators',
    bound: { atMost: 10 },
  });
}

/** One rule over a year of minutes, trades and statistics included, beside a loop that finds the signals alone. */
async function oneBacktest(rounds) {
  const bars = makeBars(BACKTEST_BARS);
  const compiled = compileRule(
    ruleOf('crossesAbove(close, ema(20)) && rsi(14) < 47.995 && volume > 1.5 * sma(volume, 20)', 'r'),
  );
  const symbols = new Map([['SPY', '24x7']]);
  // The library rounds its RSI to two decimals: below 48 is what the rule calls below 47.995.
  let [ours, theirs] = [0, 0];
  const results = await interleave({
    rounds,
    ours: () =>
      measure(() => {
        ours = backtest({ compiled, bars, symbols }).signals.length;
      }, 1),
    peer: () =>
      measure(() => {
        theirs = plainLoop(bars);
      }, 1),
  });
  if (ours === 0 || ours !== theirs)
    throw new Error(`the backtest found ${ours} signals, the loop ${theirs}`);
  return comparison(results, ({ cpuMs }) => cpuMs, {
    what: `backtest of one rule over ${BACKTEST_BARS / 1_000},000 1m bars`,
    unit: 'ms CPU',
    peer: 'a loop with technicalindicators',
    bound: { atMost: 1 },
  });
}

function plainLoop(bars) {
  const [ema, rsi, sma] = [
    new EMA({ period: 20, values: [] }),
    new RSI({ period: 14, values: [] }),
    new SMA({ period: 20, values: [] }),
  ];
  let signals = 0;
  let wasTrue = false;
  let [lastClose, lastEma] = [NaN, NaN];
  for (const { ohlcv } of bars) {
    const [average, strength, volume] = [
      ema.nextValue(ohlcv.c),
      rsi.nextValue(ohlcv.c),
      sma.nextValue(ohlcv.v),
    ];
    const isTrue = lastClose <= lastEma && ohlcv.c > average && strength < 48 && ohlcv.v > 1.5 * volume;
    if (isTrue && !wasTrue) signals++;
    wasTrue = isTrue;
    [lastClose, lastEma] = [ohlcv.c, average ?? NaN];
  }
  return signals;
}

/** Four kinds of conditions with periods that differ, as text and as a closure over the tables. */
function conditionOf(index) {
  const period = 5 + (index % 40);
  const level = 60 + (index % 20);
  switch (index % 4) {
    case 0:
      return {
        when: `crossesAbove(close, sma(${period})) && volume > 3 * sma(volume, ${period})`,
        holds: ({ close, sma, volume, volumeSma }, at) =>
          close[at - 1] <= sma[period][at - 1] &&
          close[at] > sma[period][at] &&
          volume[at] > 3 * volumeSma[period][at],
      };
    case 1:
      return {
        when: `close > ema(${period}) && close < open && volume > 3.5 * sma(volume, ${period})`,
        holds: ({ close, open, ema, volume, volumeSma }, at) =>
          close[at] > ema[period][at] && close[at] < open[at] && volume[at] > 3.5 * volumeSma[period][at],
      };
    case 2:
      return {
        when: `close > open * 1.0015 && ema(${period}) > sma(${period}) && high > ${level}`,
        holds: ({ close, open, high, ema, sma }, at) =>
          close[at] > open[at] * 1.0015 && ema[period][at] > sma[period][at] && high[at] > level,
      };
    default:
      return {
        when: `low < ema(${period}) * 0.995 && close > sma(${period})`,
        holds: ({ close, low, ema, sma }, at) =>
          low[at] < ema[period][at] * 0.995 && close[at] > sma[period][at],
      };
  }
}

/** Every indicator the closures read, computed beforehand: that work is not in their figure. */
function indicatorTables(bars) {
  const [open, high, low, close, volume] = ['o', 'h', 'l', 'c', 'v'].map((field) =>
    bars.map(({ ohlcv }) => ohlcv[field]),
  );
  const tables = { open, high, low, close, volume, sma: {}, ema: {}, volumeSma: {} };
  const padded = (values) => [...Array.from({ length: bars.length - values.length }, () => NaN), ...values];
  for (let period = 5; period < 45; period++) {
    tables.sma[period] = padded(SMA.calculate({ period, values: close }));
    tables.ema[period] = padded(EMA.calculate({ period, values: close }));
    tables.volumeSma[period] = padded(SMA.calculate({ period, values: volume }));
  }
  return tables;
}

/** CPU time of this process for one unit of work, so that what else the machine does is no part of it. */
async function measure(work, units) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1_000 / units };
}

/** Minutes of a seeded walk in cents; volumes that now and then are large. */
function makeBars(count) {
  let state = 20_131_007;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  let cents = 10_000;
  return Array.from({ length: count }, (_, index) => {
    const seq = FIRST_SEQ + index;
    const o = cents;
    cents = Math.max(7_000, Math.min(14_000, o + Math.round((next() - 0.5) * 40)));
    const h = Math.max(o, cents) + Math.floor(next() * 15);
    const l = Math.min(o, cents) - Math.floor(next() * 15);
    const v = Math.floor(100 + 900 * next() + (next() < 0.02 ? 6_000 * next() : 0));
    return {
      symbol: 'SPY',
      timeframe: '1m',
      seq,
      prev_seq: index === 0 ? null : seq - 1,
      rev: 0,
      bar_start: seq * 60_000,
      bar_end: (seq + 1) * 60_000,
      ohlcv: { o: o / 100, h: h / 100, l: l / 100, c: cents / 100, v },
      vw: (o + cents) / 200,
      n: 5,
    };
  });
}

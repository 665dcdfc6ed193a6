import { describe, expect, it } from '@jest/globals';
import { seqOf, TIMEFRAMES, timeframeMs, type Bar, type ClosedBar } from '@libs/bars';
import { dayStartOf, type CalendarName } from '@libs/calendar';
import { BarPipeline, createTradeBatch, pushTrade, UPDATES_ALL } from '@libs/bars';
import { canonicalSignals, type Signal } from '../signal.js';
import { chance, ruleOf } from '../testing/made-bars.suite.js';
import { compileRule } from './compile-rule.js';
import { inLogOrder } from './log-order.js';
import { RuleEngine } from './rule-engine.js';

const SYMBOLS = new Map<string, CalendarName>([
  ['SPY', 'XNYS'],
  ['BTC-USD', '24x7'],
]);
const NAMES = [...SYMBOLS.keys()];

/** The log that the bar builder makes of random trades over five days with a change of clocks in them. */
function log(seed: number): Bar[] {
  const bars: Bar[] = [];
  const prevSeqs = new Map<string, number>();
  const pipeline = new BarPipeline({
    graceMs: 1_000,
    dayStarts: [...SYMBOLS.values()].map(dayStartOf),
    onClosed: (closed) => {
      const bar = barOf(closed, prevSeqs);
      bars.push(bar);
    },
  });
  const next = chance(seed);
  let price = 10_000;
  // 2026-11-01 is the day of 25 hours in New York.
  const startMs = Date.UTC(2026, 9, 30, 8);
  for (let minute = 0; minute < 5 * 1_440; minute += 1 + Math.floor(next() * 3)) {
    const batch = createTradeBatch(4);
    for (let count = Math.floor(next() * 4); count > 0; count--) {
      price = Math.max(100, price + Math.round((next() - 0.5) * 30));
      const tsMs = startMs + minute * 60_000 + Math.floor(next() * 50_000);
      const symbolIndex = next() < 0.3 ? 0 : 1;
      pushTrade(batch, {
        symbolIndex,
        tsMs,
        price: price / 100,
        size: 1 + Math.floor(next() * 50),
        updates: UPDATES_ALL,
      });
    }
    pipeline.fold(batch);
  }
  pipeline.finish();
  return bars;
}

function barOf(closed: ClosedBar, prevSeqs: Map<string, number>): Bar {
  const { timeframe, barStartMs, o, h, l, c, v, vw, n } = closed;
  const symbol = NAMES[closed.symbolIndex]!;
  const key = `${symbol} ${timeframe}`;
  const seq = seqOf(barStartMs, timeframe);
  const prevSeq = prevSeqs.get(key) ?? null;
  prevSeqs.set(key, seq);
  return {
    symbol,
    timeframe,
    seq,
    prev_seq: prevSeq,
    rev: 0,
    bar_start: barStartMs,
    bar_end: barStartMs + timeframeMs(timeframe),
    ohlcv: { o, h, l, c, v },
    vw,
    n,
  };
}

describe('the order in which the bar builder finalizes bars', () => {
  // One rule for each timeframe, each of which reads three others: together they read all of them.
  const rules = TIMEFRAMES.map((timeframe, index) => {
    const others = [1, 3, 6].map((step) => TIMEFRAMES[(index + step) % TIMEFRAMES.length]!);
    const when = `close > open && ${others.map((other) => `on("${other}", close > 0)`).join(' && ')}`;
    return compileRule(ruleOf(when, { id: `r-${timeframe}`, timeframe, symbols: ['*'] }));
  });
  const judge = (bars: readonly Bar[]): Signal[] => {
    const engine = new RuleEngine({
      rules: rules.map((compiled) => ({ compiled, activeAfterMs: -Infinity })),
      symbols: SYMBOLS,
    });
    return bars.flatMap((bar) => engine.push(bar).signals);
  };

  it('is the one the engine asks for, in all timeframes, over days of 23 to 25 hours', () => {
    for (const seed of [1, 2, 3]) expect(judge(log(seed)).length).toBeGreaterThan(100);
  });

  it('is the one that bars of any order are brought into', () => {
    const bars = log(4);
    const shuffled = TIMEFRAMES.flatMap((timeframe) =>
      bars.filter((bar) => bar.timeframe === timeframe),
    ).reverse();
    // As texts: a difference between thousands of records would take minutes to print.
    const placesOf = (list: readonly Bar[]) =>
      list.map(({ symbol, timeframe, seq }) => `${symbol} ${timeframe} ${seq}`).join('\n');
    expect(placesOf(inLogOrder(shuffled, SYMBOLS)) === placesOf(bars)).toBe(true);
    expect(canonicalSignals(judge(inLogOrder(shuffled, SYMBOLS)))).toBe(canonicalSignals(judge(bars)));
  });
});

import { describe, expect, it } from '@jest/globals';
import { seqOf, timeframeMs, type Bar } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { ruleFromSetup, SETUPS } from '../setups/setups.js';
import { canonicalSignals } from '../signal.js';
import { chain, rolledUp } from '../testing/made-bars.suite.js';
import { backtest } from '../backtest/backtest.js';
import { compileRule } from './compile-rule.js';
import { inLogOrder } from './log-order.js';
import { RuleEngine } from './rule-engine.js';
import { verifySignal } from './verify.js';

const FOLDER = fileURLToPath(new URL('../../../../../shared/data/bars/', import.meta.url));
const DAYS = ['2013-10-07', '2013-10-08', '2013-10-10'];
const fileOf = (day: string) => `${FOLDER}lean-SPY-${day}-1m.csv.gz`;
const isThere = DAYS.every((day) => existsSync(fileOf(day)));
if (!isThere) process.stdout.write(`recorded days are not tried: ${FOLDER} is missing\n`);

/** Minutes of a recorded day; columns by the names in the header. */
function minutesOf(day: string): Bar[] {
  const [header = '', ...rows] = gunzipSync(readFileSync(fileOf(day)))
    .toString()
    .trim()
    .split('\n');
  const columns = header.split(',');
  const cell = (row: readonly string[], name: RegExp) =>
    Number(row[columns.findIndex((column) => name.test(column))]);
  return rows.map((line) => {
    const row = line.split(',');
    const barStartMs = cell(row, /^(ts|start|bar_start|open_time)/);
    const [o, h, l, c, v] = [/^o(pen)?$/, /^h(igh)?$/, /^l(ow)?$/, /^c(lose)?$/, /^v(olume)?$/].map((name) =>
      cell(row, name),
    ) as [number, number, number, number, number];
    return {
      symbol: 'SPY',
      timeframe: '1m',
      seq: seqOf(barStartMs, '1m'),
      prev_seq: null,
      rev: 0,
      bar_start: barStartMs,
      bar_end: barStartMs + timeframeMs('1m'),
      ohlcv: { o, h, l, c, v },
      vw: (h + l + c) / 3,
      n: 1,
    };
  });
}

(isThere ? describe : describe.skip)('recorded days of SPY', () => {
  const symbols = new Map<string, CalendarName>([['SPY', 'XNYS']]);
  const minutes = isThere ? chain(DAYS.flatMap(minutesOf)) : [];
  const bars = inLogOrder([...minutes, ...(isThere ? rolledUp(minutes, '5m') : [])], symbols);

  it('are read as they are: prices of the time, in sessions of New York', () => {
    expect(minutes.length).toBeGreaterThan(2_000);
    for (const { ohlcv } of minutes) expect(ohlcv.l > 160 && ohlcv.h < 175 && ohlcv.l <= ohlcv.h).toBe(true);
  });

  it.each(SETUPS.map(({ key }) => key))(
    '%s: one by one, restarted and as a backtest the same, and every receipt holds',
    (key) => {
      const compiled = compileRule(ruleFromSetup(key, key, ['SPY']));
      const engine = new RuleEngine({ rules: [{ compiled, activeAfterMs: -Infinity }], symbols });
      const signals = bars.flatMap((bar) => engine.push(bar).signals);
      expect(canonicalSignals(backtest({ compiled, bars, symbols }).signals)).toBe(canonicalSignals(signals));
      for (const signal of signals) expect(verifySignal(signal, compiled, bars, 'XNYS').faults).toEqual([]);
      for (const share of [0.2, 0.5, 0.8]) {
        const cut = Math.floor(bars.length * share);
        const first = new RuleEngine({ rules: [{ compiled, activeAfterMs: -Infinity }], symbols });
        const before = bars.slice(0, cut).flatMap((bar) => first.push(bar).signals);
        const second = new RuleEngine({
          rules: [{ compiled, activeAfterMs: -Infinity }],
          symbols,
          past: first.pastSignals(),
        });
        for (const bar of bars.slice(0, cut)) second.warmUp(bar);
        const after = bars.slice(cut).flatMap((bar) => second.push(bar).signals);
        expect(canonicalSignals([...before, ...after])).toBe(canonicalSignals(signals));
      }
    },
  );

  it('give the setups something to say', () => {
    const told = SETUPS.map(
      ({ key }) =>
        backtest({ compiled: compileRule(ruleFromSetup(key, key, ['SPY'])), bars, symbols }).signals.length,
    );
    expect(told.reduce((sum, count) => sum + count)).toBeGreaterThan(10);
  });
});

import { describe, beforeAll, expect, it } from '@jest/globals';
import type { Bar } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';
import {
  backtest,
  canonicalSignals,
  compileRule,
  RuleEngine,
  type CompiledRule,
  type Signal,
} from '@libs/rules';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { chance, ruleOf } from '../../../libs/rules/src/testing/made-bars.suite.js';
import { namedBars } from '../../../libs/rules/src/testing/named-bars.suite.js';
import { anyCondition } from '../../../libs/rules/src/testing/rule-grammar.suite.js';
import { FIRST_OPEN_MS, ReplayDesk, SECOND_OPEN_MS } from './testing/replay-desk.suite.js';

const SETS = 200;
const SEED = 20_261_121;
const TRADES = 2_500;
const LAST_MS = SECOND_OPEN_MS + 10 * 3_600_000;
/** As often as a process may start anew on such a day. */
const RESTARTS = 6;

const settings = fc.record({
  cooldownBars: fc.constantFrom(0, 0, 3, 40),
  oncePerSession: fc.boolean(),
  timeframe: fc.constantFrom('1m' as const, '1m' as const, '5m' as const),
});
const anySet = fc.array(fc.tuple(anyCondition, settings), { minLength: 1, maxLength: 4 });

/** Seeded rule sets; a rule's id begins with the number of its set. */
function ruleSets(): CompiledRule[][] {
  return fc
    .sample(anySet, { numRuns: SETS, seed: SEED })
    .map((texts, set) =>
      texts.map(([when, changes], index) =>
        compileRule(ruleOf(when, { id: `s${set}-${index}`, symbols: ['*'], ...changes })),
      ),
    );
}

/** SHA-256 of the ordered signal log of each rule set. */
function hashesOf(signals: readonly Signal[]): string[] {
  const logs: Signal[][] = Array.from({ length: SETS }, () => []);
  for (const signal of signals) logs[Number(/^s(\d+)-/.exec(signal.rule.id)?.[1])]?.push(signal);
  return logs.map((log) => createHash('sha256').update(canonicalSignals(log)).digest('hex'));
}

describe('the signals of a day', () => {
  let desk: ReplayDesk;
  let sets: CompiledRule[][];
  let rules: CompiledRule[];
  let symbols: Map<string, CalendarName>;
  let bars: readonly Bar[];
  let live: readonly Signal[];

  beforeAll(async () => {
    desk = await ReplayDesk.open({ seed: 7, trades: TRADES });
    sets = ruleSets();
    rules = sets.flat();
    desk.rules = rules;
    symbols = new Map(desk.symbols.map(({ symbol, calendar }) => [symbol, calendar]));
    bars = desk.archive.committed.map(({ bar }) => bar);
    live = liveSignals(bars);
  });

  /** Live, with restarts at random bars, and bars told twice as after a lost connection. */
  function liveSignals(log: readonly Bar[]): Signal[] {
    const random = chance(SEED);
    const cuts = Array.from({ length: RESTARTS }, () => Math.floor(random() * log.length)).sort(
      (a, b) => a - b,
    );
    const signals: Signal[] = [];
    let engine = engineWith(new RuleEngine({ rules: [], symbols }).pastSignals());
    log.forEach((bar, index) => {
      if (cuts.includes(index)) {
        engine = engineWith(engine.pastSignals());
        for (const before of namedBars(rules, log.slice(0, index))) engine.warmUp(before);
      }
      signals.push(...engine.push(bar).signals);
      const again = log[index - Math.floor(random() * 20)];
      if (again !== undefined && random() < 0.1) signals.push(...engine.push(again).signals);
    });
    return signals;
  }

  function engineWith(past: ReturnType<RuleEngine['pastSignals']>): RuleEngine {
    const activeAfterMs = FIRST_OPEN_MS;
    return new RuleEngine({ rules: rules.map((compiled) => ({ compiled, activeAfterMs })), symbols, past });
  }

  /** Alerts of a replay in the order in which it told them. */
  async function replayed(speed: number | 'max', stepMs: number): Promise<Signal[]> {
    const replay = await desk.start({ to: LAST_MS, speed, paused: false });
    await desk.until(replay, ({ state }) => state === 'ended', stepMs);
    const { tail } = replay.log;
    const signals: Signal[] = [];
    for (let position = tail.first; position < tail.end; position++) {
      const alert = tail.alertAt(position);
      if (alert === undefined) continue;
      const { muted, ...signal } = JSON.parse(alert.json) as Signal & { muted: boolean };
      expect(muted).toBe(false);
      signals.push(signal);
    }
    replay.close();
    return signals;
  }

  it('are many, of most of the rule sets', () => {
    expect(live.length).toBeGreaterThan(5 * SETS);
    const quiet = hashesOf([])[0];
    expect(hashesOf(live).filter((hash) => hash !== quiet).length).toBeGreaterThan(SETS / 3);
  });

  it.each([
    [1, 120_000],
    [60, 10_000],
    ['max', 20],
  ] as const)(
    'are the same in a replay at speed %s, for each of 200 rule sets, by hash',
    async (speed, stepMs) => {
      expect(hashesOf(await replayed(speed, stepMs))).toEqual(hashesOf(live));
    },
  );

  it('are the same in a backtest, rule by rule, by hash', () => {
    for (const compiled of rules) {
      const own = live.filter((signal) => signal.rule.id === compiled.rule.id);
      const { signalsSha256 } = backtest({ compiled, bars, symbols, fromMs: FIRST_OPEN_MS });
      expect(signalsSha256).toBe(createHash('sha256').update(canonicalSignals(own)).digest('hex'));
    }
  });

  it('are other ones as soon as a single bar is known a minute early', () => {
    const hashes = hashesOf(live);
    const peeking = liveSignals(withPeek(bars));
    expect(hashesOf(peeking)).not.toEqual(hashes);
  });
});

/** The same bars, one of which already has the close of the next one of its series. */
function withPeek(bars: readonly Bar[]): Bar[] {
  const at = bars.findIndex(
    ({ timeframe, bar_start, prev_seq }) =>
      timeframe === '1m' && prev_seq !== null && bar_start > FIRST_OPEN_MS + 30 * 60_000,
  );
  const peeked = bars[at] as Bar;
  const next = bars.slice(at + 1).find(({ prev_seq, symbol, timeframe }) => {
    return timeframe === '1m' && symbol === peeked.symbol && prev_seq === peeked.seq;
  }) as Bar;
  const ohlcv = { ...peeked.ohlcv, c: next.ohlcv.c };
  return bars.map((bar, index) => (index === at ? { ...bar, ohlcv } : bar));
}

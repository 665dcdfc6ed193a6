import type { Bar, EpochMs, Seq, Timeframe } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';
import { unionOf, type Lookback } from '../cells/reach.js';
import { checkNumber } from '../language/check.js';
import { SymbolDesk } from './desk.js';
import { inLogOrder } from './log-order.js';
import { DeskPlan } from './plan.js';

/** One point of an indicator's line. */
export interface LinePoint {
  readonly seq: Seq;
  readonly bar_start: EpochMs;
  /** `null` for unknown. */
  readonly value: number | null;
}

/** An expression that yields a number, ready to be drawn. */
export interface Line {
  /** As the rule language writes it. */
  readonly text: string;
  /** Which bars decide its value at a bar. */
  readonly lookback: Lookback;
  /** Its value at each bar of its timeframe among those given, in their order. Bars come in any order. */
  points(bars: readonly Bar[], calendar: CalendarName): LinePoint[];
}

/** Reads an expression such as `ema(20)` to be drawn over bars of a timeframe. Throws `RuleTextError`. */
export function compileLine(text: string, timeframe: Timeframe): Line {
  const expression = checkNumber(text, timeframe);
  const plan = new DeskPlan();
  const frame = plan.frame(timeframe);
  const slot = frame.add(expression);
  const lookback = unionOf([frame.lookbackOf(slot)]);
  return {
    text: expression.text,
    lookback,
    points: (bars, calendar) => {
      const symbol = bars[0]?.symbol;
      if (symbol === undefined) return [];
      const desk = new SymbolDesk(symbol, calendar, plan, lookback);
      const points: LinePoint[] = [];
      for (const bar of inLogOrder(bars, new Map([[symbol, calendar]]))) {
        const verdict = desk.push(bar);
        if (bar.timeframe !== timeframe || (verdict !== 'taken' && verdict !== 'begun')) continue;
        const value = desk.valueAt(timeframe, slot);
        points.push({ seq: bar.seq, bar_start: bar.bar_start, value: Number.isNaN(value) ? null : value });
      }
      return points;
    },
  };
}

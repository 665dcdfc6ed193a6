import type { Bar, Timeframe } from '@libs/bars';
import { timeframesOf } from '../cells/reach.js';
import { tell, valuesOf } from '../explanation/explain.js';
import { signalId, type ReceiptBars, type Signal } from '../signal.js';
import type { CompiledRule } from './compile-rule.js';
import type { SymbolDesk } from './desk.js';

/** Writes down a signal with its receipt, from the desk as it stands at the bar. */
export function writeSignal(
  { rule, hash, expression, lookback, readings }: CompiledRule,
  bar: Bar,
  desk: SymbolDesk,
): Signal {
  const { symbol, timeframe, seq } = bar;
  const { session, tradeDate } = desk.sessionOf(bar.bar_start);
  const words = tell(expression, timeframe, desk);
  const others = timeframesOf(lookback).filter((other) => other !== timeframe);
  const bars = [timeframe, ...others].flatMap((one): ReceiptBars[] => receiptBars(desk, one, lookback));
  return {
    id: signalId(rule.id, symbol, timeframe, seq),
    rule: { id: rule.id, version: rule.version, hash, name: rule.name },
    severity: rule.severity,
    symbol,
    timeframe,
    seq,
    rev: bar.rev,
    bar_start: bar.bar_start,
    bar_end: bar.bar_end,
    ohlcv: bar.ohlcv,
    session,
    trade_date: tradeDate,
    explanation: rule.explain === '' ? words : `${rule.explain} ${words}`,
    values: valuesOf(readings, desk),
    bars,
  };
}

function receiptBars(
  desk: SymbolDesk,
  timeframe: Timeframe,
  lookback: CompiledRule['lookback'],
): ReceiptBars[] {
  const reach = lookback.get(timeframe);
  const stretch = reach && desk.lane(timeframe)?.trail.stretch(reach);
  return stretch ? [{ symbol: desk.symbol, timeframe, ...stretch }] : [];
}

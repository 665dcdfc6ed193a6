import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Bar, EpochMs, Seq } from '@libs/bars';
import { dayStartOf, sessionAt, type CalendarName } from '@libs/calendar';
import { wilson } from '@libs/statistics';
import type { CompiledRule } from '../engine/compile-rule.js';
import { inLogOrder } from '../engine/log-order.js';
import { RuleEngine } from '../engine/rule-engine.js';
import { Generations } from '../indicators/generations.js';
import type { BarPrices } from '../indicators/recursion.js';
import { atrKind } from '../indicators/wilder.js';
import { canonicalSignals, type Signal } from '../signal.js';
import { BACKTEST_DEFAULTS, type BacktestOptions } from './options.js';
import { meanOfAny, statisticsOf, type TradeStatistics } from './statistics.js';
import { tradeSignal, type BacktestTrade } from './trade.js';

/** Bars between two reports of progress. */
const PROGRESS_EVERY = 5_000;
/** Bars over which the range is averaged that a stop may be a multiple of. */
const ATR_PERIOD = 14;

/** What followed signals after a number of bars, whatever a trade would have done. Returns are fractions of the entry. */
export interface ForwardReturn {
  readonly bars: number;
  readonly count: number;
  readonly mean: number | null;
  /** Share of signals after which the price had moved the right way, with its 95 % interval. */
  readonly hitRate: number | null;
  readonly hitRateLow: number | null;
  readonly hitRateHigh: number | null;
}

/** Trades that began in the same hour or session. */
export interface TradeGroup {
  readonly name: string;
  readonly statistics: TradeStatistics;
}

/** What a rule would have done. */
export interface BacktestResult {
  /** First and last bar that was judged, `null` for none. */
  readonly from_seq: Seq | null;
  readonly to_seq: Seq | null;
  readonly barsJudged: number;
  readonly signals: readonly Signal[];
  /** SHA-256 of `canonicalSignals`: equal to that of the same stretch live or in replay. */
  readonly signalsSha256: string;
  readonly trades: readonly BacktestTrade[];
  /** Signals that were not traded: during another trade, without a bar after them, or with no known risk. */
  readonly skipped: { readonly inTrade: number; readonly noNextBar: number; readonly noRisk: number };
  /** Trades that were still open when the bars ended; in no statistic. */
  readonly openTrades: number;
  readonly statistics: TradeStatistics;
  readonly forwardReturns: readonly ForwardReturn[];
  /** By the local hour of the entry, and by the session of the signal. */
  readonly byHour: readonly TradeGroup[];
  readonly bySession: readonly TradeGroup[];
  readonly options: BacktestOptions;
}

export interface BacktestInput {
  readonly compiled: CompiledRule;
  /** All bars the rule reads, of every symbol and timeframe, with those its lookback names before `fromMs`; any order. */
  readonly bars: readonly Bar[];
  readonly symbols: ReadonlyMap<string, CalendarName>;
  /** Bars that closed at this moment or before only warm up. */
  readonly fromMs?: EpochMs;
  readonly options?: Partial<BacktestOptions>;
}

/** Runs a backtest at once. Pure. */
export function backtest(input: BacktestInput): BacktestResult {
  const run = backtestInSteps(input);
  for (;;) {
    const step = run.next();
    if (step.done === true) return step.value;
  }
}

/** The same in steps: yields the share of bars judged so far, so that a caller can give way, show progress or stop. */
export function* backtestInSteps(input: BacktestInput): Generator<number, BacktestResult, void> {
  const { compiled, symbols, fromMs = -Infinity } = input;
  const { timeframe } = compiled.rule;
  const options: BacktestOptions = { ...BACKTEST_DEFAULTS, ...input.options };
  const engine = new RuleEngine({ rules: [{ compiled, activeAfterMs: fromMs }], symbols });
  const bars = inLogOrder(input.bars, symbols);
  const tapes = new Map([...symbols].map(([symbol, calendar]) => [symbol, newTape(calendar)]));
  const signals: Signal[] = [];
  let judged = 0;
  let [firstSeq, lastSeq]: [Seq | null, Seq | null] = [null, null];
  for (let index = 0; index < bars.length; index++) {
    const bar = bars[index] as Bar;
    const given = engine.push(bar).signals;
    const tape = bar.timeframe === timeframe ? tapes.get(bar.symbol) : undefined;
    if (tape !== undefined) {
      tape.bars.push(bar);
      tape.range.push(bar.ohlcv, bar.seq, bar.prev_seq);
      if (bar.bar_end > fromMs) {
        judged++;
        firstSeq ??= bar.seq;
        lastSeq = bar.seq;
      }
      for (const signal of given) {
        signals.push(signal);
        tape.signals.push({ signal, index: tape.bars.length - 1, atr: tape.range.value });
      }
    }
    if (index % PROGRESS_EVERY === PROGRESS_EVERY - 1) yield index / bars.length;
  }
  const trading = tradeAll(tapes, options);
  const closed = trading.trades.filter(({ reason }) => reason !== 'open');
  const sessionOf = new Map(signals.map(({ id, session }) => [id, session]));
  return {
    from_seq: firstSeq,
    to_seq: lastSeq,
    barsJudged: judged,
    signals,
    signalsSha256: bytesToHex(sha256(utf8ToBytes(canonicalSignals(signals)))),
    ...trading,
    openTrades: trading.trades.length - closed.length,
    statistics: statisticsOf(closed),
    forwardReturns: options.horizonsBars.map((horizon) => forwardReturn(horizon, tapes.values(), options)),
    byHour: grouped(closed, ({ symbol, entryMs }) => hourOf(entryMs, symbols.get(symbol) ?? '24x7')),
    bySession: grouped(closed, ({ signalId }) => sessionOf.get(signalId) ?? 'closed'),
    options,
  };
}

/** What was seen of one symbol in the rule's timeframe. */
interface Tape {
  readonly calendar: CalendarName;
  readonly bars: Bar[];
  readonly range: Generations<BarPrices>;
  /** With the index of the signal's bar and the average true range there, NaN for unknown. */
  readonly signals: { readonly signal: Signal; readonly index: number; readonly atr: number }[];
}

function newTape(calendar: CalendarName): Tape {
  return { calendar, bars: [], range: new Generations(atrKind(ATR_PERIOD)), signals: [] };
}

/** Trades every symbol by itself, one trade at a time; trades in the order of their entries. */
function tradeAll(
  tapes: ReadonlyMap<string, Tape>,
  options: BacktestOptions,
): Pick<BacktestResult, 'trades' | 'skipped'> {
  const trades: BacktestTrade[] = [];
  const skipped = { inTrade: 0, noNextBar: 0, noRisk: 0 };
  for (const { calendar, bars, signals } of tapes.values()) {
    const sessionEnd = sessionEndOf(calendar);
    // A regular trade is not carried into the thin hours after the close.
    const endsDay = (index: number) => {
      const [bar, next] = [bars[index], bars[index + 1]];
      return bar !== undefined && next !== undefined && next.bar_start >= sessionEnd(bar.bar_start);
    };
    let freeFrom: Seq = -Infinity;
    for (const { signal, index, atr } of signals) {
      const entry = bars[index + 1];
      const risk = entry === undefined ? NaN : riskOf(entry, atr, options);
      if (signal.seq < freeFrom) skipped.inTrade++;
      else if (entry === undefined) skipped.noNextBar++;
      else if (!(risk > 0)) skipped.noRisk++;
      else {
        const trade = tradeSignal({ signal, index: index + 1, risk }, bars, endsDay, options);
        freeFrom = trade.exitSeq;
        trades.push(trade);
      }
    }
  }
  trades.sort((one, other) => one.entryMs - other.entryMs);
  return { trades, skipped };
}

/** The distance risked, from what was known at the signal's close but for the price of the entry. */
function riskOf(entry: Bar, atr: number, { stop }: BacktestOptions): number {
  return 'percent' in stop ? (entry.ohlcv.o * stop.percent) / 100 : atr * stop.atrMultiple;
}

/** End of the session that holds an instant; asks the calendar once a session. */
function sessionEndOf(calendar: CalendarName): (tsMs: EpochMs) => EpochMs {
  let [startMs, endMs] = [Infinity, -Infinity];
  return (tsMs) => {
    if (tsMs < startMs || tsMs >= endMs) ({ startMs, endMs } = sessionAt(tsMs, calendar));
    return endMs;
  };
}

function forwardReturn(horizon: number, tapes: Iterable<Tape>, { side }: BacktestOptions): ForwardReturn {
  const direction = side === 'long' ? 1 : -1;
  const returns: number[] = [];
  for (const { bars, signals } of tapes) {
    for (const { index } of signals) {
      const [entry, exit] = [bars[index + 1], bars[index + horizon]];
      if (entry && exit) returns.push((direction * (exit.ohlcv.c - entry.ohlcv.o)) / entry.ohlcv.o);
    }
  }
  const hits = returns.filter((one) => one > 0).length;
  const share = wilson(hits, returns.length);
  return {
    bars: horizon,
    count: returns.length,
    mean: meanOfAny(returns),
    hitRate: returns.length === 0 ? null : hits / returns.length,
    hitRateLow: share?.low ?? null,
    hitRateHigh: share?.high ?? null,
  };
}

function grouped(trades: readonly BacktestTrade[], nameOf: (trade: BacktestTrade) => string): TradeGroup[] {
  const groups = new Map<string, BacktestTrade[]>();
  for (const trade of trades) {
    const name = nameOf(trade);
    const group = groups.get(name);
    if (group) group.push(trade);
    else groups.set(name, [trade]);
  }
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, members]) => ({ name, statistics: statisticsOf(members) }));
}

function hourOf(tsMs: EpochMs, calendar: CalendarName): string {
  const hour = Math.floor((tsMs - dayStartOf(calendar)(tsMs)) / 3_600_000);
  return `${String(hour).padStart(2, '0')}:00`;
}

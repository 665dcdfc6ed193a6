import { timeframeMs, type Bar, type DurationMs, type EpochMs } from '@libs/bars';
import type { Fact, FactSource } from './fact.js';
import type {
  BacktestFinding,
  BarsFinding,
  Finding,
  QuoteFinding,
  SessionFinding,
  SpokenSignal,
  SymbolFigures,
  ValuesFinding,
} from './findings.js';

/** A price older than this is told with its age or not at all, while the market is open. */
export const PRICE_GOOD_FOR_MS: DurationMs = 30_000;
/** A bar is the newest one until the next is finalized: so long, and so much for it to come. */
const BAR_SLACK_MS: DurationMs = 30_000;
const MINUTE_MS = 60_000;

type Rest = Partial<Fact> & Pick<Fact, 'tags' | 'unit' | 'value' | 'asOfMs' | 'source'>;

function fact(rest: Rest): Fact {
  return { kind: 'level', scope: 'none', decimals: 0, symbol: null, goodForMs: null, ...rest };
}

/** Every figure of a finding, ready to be spoken. */
export function factsOf(finding: Finding, nowMs: EpochMs): Fact[] {
  switch (finding.kind) {
    case 'quote':
      return quoteFacts(finding);
    case 'bars':
      return barsFacts(finding, nowMs);
    case 'values':
      return valueFacts(finding);
    case 'session':
      return sessionFacts(finding, nowMs);
    case 'signals':
      return [
        ...finding.signals.flatMap(signalFacts),
        ...countFacts(finding.signals.length, 'signals', nowMs, { kind: 'list', of: 'signals' }),
      ];
    case 'rules': {
      const source: FactSource = { kind: 'list', of: 'rules' };
      const { rules } = finding;
      return [
        ...countFacts(rules.length, 'rules', nowMs, source),
        ...countFacts(rules.filter(({ enabled }) => enabled).length, 'rules', nowMs, source),
        ...countFacts(rules.filter(({ enabled }) => !enabled).length, 'rules', nowMs, source),
      ];
    }
    case 'notes':
      return countFacts(finding.notes.length, 'notes', nowMs, { kind: 'list', of: 'notes' });
    case 'why':
      return [timeFact(finding.of, finding.bar), ...barFacts(finding.of, finding.bar, null)];
    case 'backtest':
      return backtestFacts(finding, nowMs);
  }
}

function quoteFacts({ of, price, size, ts, session, priorClose }: QuoteFinding): Fact[] {
  if (price === null || ts === null) return [];
  const { symbol, priceDecimals: decimals, calendar } = of;
  const source: FactSource = { kind: 'quote', symbol, ts };
  // A closed market's last price stays what it is.
  const goodForMs = session === 'closed' ? null : PRICE_GOOD_FOR_MS;
  const common = { symbol, asOfMs: ts, goodForMs, source };
  const facts = [
    fact({ ...common, tags: ['last'], unit: 'price', value: price, decimals }),
    fact({ ...common, tags: ['time'], unit: 'instant', value: ts, calendar, goodForMs: null }),
  ];
  if (size !== null) facts.push(fact({ ...common, tags: ['size', 'volume'], unit: 'volume', value: size }));
  if (priorClose === null) return facts;
  const { price: before, bar } = priorClose;
  const change = { ...common, tags: ['last', 'close'], kind: 'change' as const };
  facts.push(
    fact({
      tags: ['close'],
      scope: 'prior',
      unit: 'price',
      value: before,
      decimals,
      symbol,
      asOfMs: bar.bar_end,
      source: sourceOf(bar),
    }),
    fact({ ...change, unit: 'price', value: rounded(price - before, decimals), decimals }),
    fact({ ...change, unit: 'percent', value: ((price - before) / before) * 100, decimals: 1 }),
  );
  return facts;
}

function barsFacts({ of, bars, timeframe }: BarsFinding, nowMs: EpochMs): Fact[] {
  const newest = bars.at(-1);
  const first = bars[0];
  if (newest === undefined || first === undefined) return [];
  const facts = bars.flatMap((bar) => [
    ...barFacts(of, bar, bar === newest ? timeframeMs(timeframe) + BAR_SLACK_MS : null),
    timeFact(of, bar),
  ]);
  facts.push(...countFacts(bars.length, 'bars', nowMs, sourceOf(newest)));
  if (bars.length < 2) return facts;
  const { symbol, priceDecimals: decimals } = of;
  const high = bars.reduce((best, bar) => (bar.ohlcv.h > best.ohlcv.h ? bar : best));
  const low = bars.reduce((best, bar) => (bar.ohlcv.l < best.ohlcv.l ? bar : best));
  const move = newest.ohlcv.c - first.ohlcv.o;
  const over = { symbol, asOfMs: newest.bar_end, source: sourceOf(newest), decimals };
  const range = { symbol, scope: 'range' as const, unit: 'price' as const, decimals };
  facts.push(
    fact({
      ...range,
      tags: ['high', 'range'],
      value: high.ohlcv.h,
      asOfMs: high.bar_end,
      source: sourceOf(high),
    }),
    fact({
      ...range,
      tags: ['low', 'range'],
      value: low.ohlcv.l,
      asOfMs: low.bar_end,
      source: sourceOf(low),
    }),
    fact({ ...over, tags: ['last', 'close'], kind: 'change', unit: 'price', value: rounded(move, decimals) }),
    fact({
      ...over,
      tags: ['last', 'close'],
      kind: 'change',
      unit: 'percent',
      value: (move / first.ohlcv.o) * 100,
      decimals: 1,
    }),
    fact({
      ...over,
      tags: ['volume'],
      scope: 'range',
      unit: 'volume',
      value: bars.reduce((sum, bar) => sum + bar.ohlcv.v, 0),
      decimals: 0,
    }),
  );
  return facts;
}

function barFacts(of: SymbolFigures, bar: SpokenSignal['bar'], goodForMs: DurationMs | null): Fact[] {
  const { o, h, l, c, v } = bar.ohlcv;
  const common = {
    symbol: of.symbol,
    scope: 'bar' as const,
    unit: 'price' as const,
    decimals: of.priceDecimals,
    asOfMs: bar.bar_end,
    goodForMs,
    source: sourceOf(bar),
  };
  return [
    fact({ ...common, tags: ['open'], value: o }),
    fact({ ...common, tags: ['high'], value: h }),
    fact({ ...common, tags: ['low'], value: l }),
    // The last price, as long as its bar is the newest.
    fact({ ...common, tags: goodForMs === null ? ['close'] : ['close', 'last'], value: c }),
    fact({ ...common, tags: ['volume'], unit: 'volume', value: v, decimals: 0 }),
  ];
}

function timeFact({ symbol, calendar }: SymbolFigures, bar: SpokenSignal['bar']): Fact {
  return fact({
    tags: ['time'],
    unit: 'instant',
    value: bar.bar_start,
    calendar,
    symbol,
    asOfMs: bar.bar_end,
    source: sourceOf(bar),
  });
}

function valueFacts({ of, bar, timeframe, values }: ValuesFinding): Fact[] {
  if (bar === null) return [];
  const { symbol, priceDecimals } = of;
  const goodForMs = timeframeMs(timeframe) + BAR_SLACK_MS;
  const common = { symbol, asOfMs: bar.bar_end, goodForMs, source: sourceOf(bar) };
  const facts = [...barFacts(of, bar, goodForMs), timeFact(of, bar)];
  for (const { tag, scope, unit, value, isLevel } of values) {
    if (value === null) continue;
    const decimals = unit === 'price' ? priceDecimals : 1;
    facts.push(fact({ ...common, tags: [tag], scope, unit, value, decimals }));
    if (!isLevel) continue;
    const distance = rounded(bar.ohlcv.c - value, priceDecimals);
    const off = { ...common, tags: [tag], scope, kind: 'distance' as const };
    facts.push(
      fact({ ...off, unit: 'price', value: distance, decimals: priceDecimals }),
      fact({ ...off, unit: 'percent', value: ((bar.ohlcv.c - value) / value) * 100, decimals: 1 }),
    );
  }
  return facts;
}

function sessionFacts({ of, endMs, startMs, nextOpenMs, session }: SessionFinding, nowMs: EpochMs): Fact[] {
  const { symbol, calendar } = of;
  const source: FactSource = { kind: 'calendar', calendar };
  const common = { symbol, calendar, asOfMs: nowMs, source };
  const instant = (tags: string[], value: EpochMs): Fact => fact({ ...common, tags, unit: 'instant', value });
  const span = (tags: string[], value: DurationMs): Fact =>
    fact({ ...common, tags, unit: 'span', value, goodForMs: MINUTE_MS });
  const isOpen = session === 'regular';
  const facts = [
    instant(isOpen ? ['close'] : ['end'], endMs),
    instant(isOpen ? ['open'] : ['begin'], startMs),
    span(['close', 'end'], endMs - nowMs),
  ];
  if (nextOpenMs !== null) facts.push(instant(['open'], nextOpenMs), span(['open'], nextOpenMs - nowMs));
  return facts;
}

function signalFacts({ id, of, bar }: SpokenSignal): Fact[] {
  const source: FactSource = { kind: 'signal', id };
  return [timeFact(of, bar), ...barFacts(of, bar, null)].map((one) => ({ ...one, source }));
}

function backtestFacts(finding: BacktestFinding, nowMs: EpochMs): Fact[] {
  const { rule, barsJudged, signals, trades, wins, hitRate, meanR, totalR, maxDrawdownR } = finding;
  const source: FactSource = { kind: 'rule', id: rule.id, version: rule.version };
  const r = (tags: string[], value: number): Fact[] =>
    (['level', 'change'] as const).map((kind) =>
      fact({ tags, kind, unit: 'r', value, decimals: 1, asOfMs: nowMs, source }),
    );
  return [
    ...countFacts(barsJudged, 'bars', nowMs, source),
    ...countFacts(signals, 'signals', nowMs, source),
    ...countFacts(trades, 'trades', nowMs, source),
    ...countFacts(wins, 'wins', nowMs, source),
    ...countFacts(trades - wins, 'losses', nowMs, source),
    ...(hitRate === null
      ? []
      : [fact({ tags: ['hitRate'], unit: 'percent', value: hitRate * 100, asOfMs: nowMs, source })]),
    ...(meanR === null ? [] : r(['expectancy'], meanR)),
    ...r(['total'], totalR),
    ...r(['drawdown'], maxDrawdownR),
  ];
}

function countFacts(value: number, noun: string, asOfMs: EpochMs, source: FactSource): Fact[] {
  return [fact({ tags: [noun], unit: 'count', value, noun, asOfMs, source })];
}

function sourceOf({
  symbol,
  timeframe,
  seq,
  rev,
}: Pick<Bar, 'symbol' | 'timeframe' | 'seq' | 'rev'>): FactSource {
  return { kind: 'bar', symbol, timeframe, seq, rev };
}

/** Differences of prices carry no more digits than the prices. */
function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

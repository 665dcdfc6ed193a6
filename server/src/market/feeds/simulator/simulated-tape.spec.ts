import { beforeAll, describe, expect, test } from '@jest/globals';
import { createTradeBatch } from '@libs/bars';
import { DEFAULT_SYMBOLS, simulatedSymbols } from './simulated-symbol.js';
import { SimulatedTape } from './simulated-tape.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A Wednesday, from New York's midnight on. */
const START = Date.parse('2026-11-18T05:00:00Z');
const OPEN = START + 9.5 * 60 * MINUTE_MS;
const CLOSE = START + 16 * 60 * MINUTE_MS;

interface Minute {
  readonly open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  trades: number;
}

/** A whole day of the default symbols by minute, and what was seen on the way. */
interface SimulatedDay {
  readonly minutes: readonly Map<number, Minute>[];
  late: number;
  latestMs: number;
  sameTime: number;
  oddSizes: number;
  illegal: number;
  trades: number;
}

function simulateDay(seed: number): SimulatedDay {
  const symbols = simulatedSymbols(DEFAULT_SYMBOLS);
  const minutes = symbols.map(() => new Map<number, Minute>());
  const day: SimulatedDay = {
    minutes,
    late: 0,
    latestMs: 0,
    sameTime: 0,
    oddSizes: 0,
    illegal: 0,
    trades: 0,
  };
  const tape = new SimulatedTape(seed, symbols, START);
  const batch = createTradeBatch(10_000);
  let newestMs = -Infinity;
  for (let isMore = true; isMore;) {
    isMore = tape.fill(batch, START + DAY_MS - 1);
    for (let i = 0; i < batch.length; i++) {
      const [symbolIndex = NaN, tsMs = NaN] = [batch.symbolIndex[i], batch.tsMs[i]];
      const [price = NaN, size = NaN] = [batch.price[i], batch.size[i]];
      if (!(price > 0 && size > 0) || Math.abs(price * 100 - Math.round(price * 100)) > 1e-6) day.illegal++;
      if (size % 100 !== 0) day.oddSizes++;
      if (tsMs === newestMs) day.sameTime++;
      if (tsMs < newestMs) {
        day.late++;
        day.latestMs = Math.max(day.latestMs, newestMs - tsMs);
      }
      newestMs = Math.max(newestMs, tsMs);
      day.trades++;
      addTo(minutes[symbolIndex] as Map<number, Minute>, Math.floor(tsMs / MINUTE_MS), price, size);
    }
  }
  return day;
}

function addTo(minutes: Map<number, Minute>, number: number, price: number, size: number): void {
  const minute = minutes.get(number);
  if (minute === undefined) {
    minutes.set(number, { open: price, high: price, low: price, close: price, volume: size, trades: 1 });
    return;
  }
  minute.high = Math.max(minute.high, price);
  minute.low = Math.min(minute.low, price);
  minute.close = price;
  minute.volume += size;
  minute.trades++;
}

describe('a simulated trading day', () => {
  let day: SimulatedDay;
  beforeAll(() => {
    day = simulateDay(3);
  });

  const between = (symbolIndex: number, fromMs: number, toMs: number): Minute[] =>
    Array.from({ length: (toMs - fromMs) / MINUTE_MS }, (_, i) =>
      day.minutes[symbolIndex]?.get(fromMs / MINUTE_MS + i),
    ).filter((minute) => minute !== undefined);
  const mean = (minutes: Minute[], field: 'trades' | 'volume') =>
    minutes.reduce((sum, minute) => sum + minute[field], 0) / minutes.length;

  test('has legal trades in cents, round and odd lots, equal times and few late ones', () => {
    expect(day.illegal).toBe(0);
    expect(day.trades).toBeGreaterThan(200_000);
    expect(day.oddSizes / day.trades).toBeGreaterThan(0.2);
    expect(day.oddSizes / day.trades).toBeLessThan(0.5);
    expect(day.sameTime).toBeGreaterThan(1_000);
    expect(day.late).toBeGreaterThan(20);
    expect(day.late / day.trades).toBeLessThan(0.01);
    expect(day.latestMs).toBeLessThan(1_000);
  });

  test('is busy at the open and the close, calm at midday, thin at night', () => {
    for (const symbolIndex of DEFAULT_SYMBOLS.keys()) {
      const open = between(symbolIndex, OPEN, OPEN + 15 * MINUTE_MS);
      const midday = between(symbolIndex, OPEN + 180 * MINUTE_MS, OPEN + 210 * MINUTE_MS);
      const close = between(symbolIndex, CLOSE - 10 * MINUTE_MS, CLOSE);
      const night = between(symbolIndex, START, START + 60 * MINUTE_MS);
      for (const field of ['trades', 'volume'] as const) {
        expect(mean(open, field)).toBeGreaterThan(1.4 * mean(midday, field));
        expect(mean(close, field)).toBeGreaterThan(1.1 * mean(midday, field));
        expect(mean(midday, field)).toBeGreaterThan(1.4 * mean(night, field));
      }
    }
  });

  test('trades the first symbol at 120 to 400 a minute in regular hours, and about once a second at night', () => {
    for (const { trades } of between(0, OPEN, CLOSE)) {
      expect(trades).toBeGreaterThan(90);
      expect(trades).toBeLessThan(450);
    }
    const perSecond = mean(between(0, START, START + 120 * MINUTE_MS), 'trades') / 60;
    expect(perSecond).toBeGreaterThan(0.7);
    expect(perSecond).toBeLessThan(1.5);
  });

  test('has quiet minutes in thin symbols at night, none in regular hours', () => {
    for (const symbolIndex of DEFAULT_SYMBOLS.keys()) {
      expect(between(symbolIndex, OPEN, CLOSE)).toHaveLength(390);
    }
    const microsoft = DEFAULT_SYMBOLS.indexOf('MSFT');
    expect(between(microsoft, START, START + 240 * MINUTE_MS).length).toBeLessThan(240);
  });

  test('jumps at the open, and nowhere else from one minute to the next', () => {
    const spy = between(0, OPEN - 60 * MINUTE_MS, CLOSE);
    const jumps = spy.slice(1).map((minute, i) => Math.abs(minute.open / (spy[i]?.close ?? NaN) - 1));
    const atOpen = jumps[59] ?? NaN;
    const others = jumps.toSpliced(59, 1);
    expect(atOpen).toBeGreaterThan(Math.max(...others));
    expect(Math.max(...others)).toBeLessThan(0.002);
  });

  test('moves as far as such markets do', () => {
    for (const symbolIndex of DEFAULT_SYMBOLS.keys()) {
      const session = between(symbolIndex, OPEN, CLOSE);
      const high = Math.max(...session.map((minute) => minute.high));
      const low = Math.min(...session.map((minute) => minute.low));
      expect(high / low - 1).toBeGreaterThan(0.003);
      expect(high / low - 1).toBeLessThan(0.12);
    }
  });

  test('its symbols go along with one another', () => {
    const returns = (symbolIndex: number) =>
      Array.from({ length: 78 }, (_, i) => {
        const fromMs = OPEN + i * 5 * MINUTE_MS;
        const minutes = between(symbolIndex, fromMs, fromMs + 5 * MINUTE_MS);
        return (minutes.at(-1)?.close ?? NaN) / (minutes[0]?.open ?? NaN) - 1;
      });
    expect(correlation(returns(0), returns(1))).toBeGreaterThan(0.8);
    for (let symbolIndex = 2; symbolIndex < DEFAULT_SYMBOLS.length; symbolIndex++) {
      expect(correlation(returns(0), returns(symbolIndex))).toBeGreaterThan(0.2);
    }
  });
});

test('prices stay near their level over years, and weekends move little', () => {
  const symbols = simulatedSymbols(['SPY']);
  const levels: number[] = [];
  for (let year = 0; year < 20; year++) {
    const tape = new SimulatedTape(5, symbols, Date.parse(`${2010 + year}-06-01T15:00:00Z`));
    const batch = createTradeBatch(1);
    tape.fill(batch, Infinity);
    levels.push((batch.price[0] ?? NaN) / (symbols[0]?.basePrice ?? NaN));
  }
  expect(Math.min(...levels)).toBeGreaterThan(0.5);
  expect(Math.max(...levels)).toBeLessThan(2);
  expect(new Set(levels).size).toBe(20);
});

test.each([
  ['the night clocks go forward', '2026-03-08T05:00:00Z', 23],
  ['the night clocks go back', '2026-11-01T04:00:00Z', 25],
])('%s has trades in every hour', (_night, start, hours) => {
  const startMs = Date.parse(start);
  const tape = new SimulatedTape(1, simulatedSymbols(['SPY']), startMs);
  const batch = createTradeBatch(200_000);
  expect(tape.fill(batch, startMs + hours * 3_600_000 - 1)).toBe(false);
  const seen = new Set<number>();
  for (let i = 0; i < batch.length; i++) seen.add(Math.floor(((batch.tsMs[i] ?? NaN) - startMs) / 3_600_000));
  expect(seen.size).toBe(hours);
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  const products = (x: readonly number[], meanX: number, y: readonly number[], meanY: number) =>
    x.reduce((sum, value, i) => sum + (value - meanX) * ((y[i] ?? NaN) - meanY), 0);
  return (
    products(a, meanA, b, meanB) / Math.sqrt(products(a, meanA, a, meanA) * products(b, meanB, b, meanB))
  );
}

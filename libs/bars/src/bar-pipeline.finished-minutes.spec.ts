import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BarPipeline } from './bar-pipeline.js';
import type { Bar } from './bar.js';
import type { ClosedBar, FinishedMinute } from './closed-bar.js';
import { rollUpBars } from './roll-up-bars.js';
import { seqOf, utcDayStart } from './seq.js';
import { at, batchOf, trade } from './testing/trades.suite.js';
import type { Timeframe } from './timeframe.js';

const MINUTE_MS = 60_000;

function minute(time: string, price: number, rest: Partial<FinishedMinute> = {}): FinishedMinute {
  return {
    symbolIndex: 0,
    startMs: at(time),
    o: price,
    h: price + 1,
    l: price - 1,
    c: price,
    v: 10,
    vw: price,
    n: 3,
    ...rest,
  };
}

class Desk {
  readonly closed: ClosedBar[] = [];
  readonly pipeline: BarPipeline;

  constructor(symbols = 1) {
    this.pipeline = new BarPipeline({
      graceMs: 1_000,
      dayStarts: Array.from({ length: symbols }, () => utcDayStart),
      onClosed: (bar) => this.closed.push(bar),
    });
  }

  of(timeframe: Timeframe): ClosedBar[] {
    return this.closed.filter((bar) => bar.timeframe === timeframe);
  }
}

describe('minutes that their source has finished', () => {
  test('become bars and are rolled up like those of trades', () => {
    const desk = new Desk();
    for (let i = 0; i < 5; i++) expect(desk.pipeline.foldMinute(minute(`14:3${i}`, 100 + i))).toBe(true);
    desk.pipeline.finish();
    expect(desk.of('1m').map(({ o, v, n }) => [o, v, n])).toEqual(
      [100, 101, 102, 103, 104].map((o) => [o, 10, 3]),
    );
    expect(desk.of('5m')).toMatchObject([{ o: 100, h: 105, l: 99, c: 104, v: 50, n: 15, vw: 102 }]);
  });

  test('a finished minute takes the place of what trades have made of it so far', () => {
    const desk = new Desk();
    desk.pipeline.fold(batchOf([trade('14:30:01', 500), trade('14:30:02', 1)]));
    desk.pipeline.foldMinute(minute('14:30', 100));
    desk.pipeline.fold(batchOf([trade('14:31:01', 101)]));
    desk.pipeline.finish();
    expect(desk.of('1m')).toMatchObject([
      { o: 100, h: 101, l: 99, c: 100, v: 10, n: 3 },
      { o: 101, v: 100 },
    ]);
  });

  test('a minute that is final stays as it is', () => {
    const desk = new Desk();
    desk.pipeline.fold(batchOf([trade('14:30:01', 500), trade('14:31:01', 501)]));
    expect(desk.pipeline.foldMinute(minute('14:30', 100))).toBe(false);
    desk.pipeline.finish();
    expect(desk.of('1m').map(({ o }) => o)).toEqual([500, 501]);
    expect(desk.pipeline.counters.lateTrades[0]).toBe(0);
  });

  test('symbols take turns within a minute', () => {
    const desk = new Desk(2);
    for (const time of ['14:30', '14:31', '14:32']) {
      for (const symbolIndex of [0, 1]) desk.pipeline.foldMinute(minute(time, 100, { symbolIndex }));
    }
    desk.pipeline.finish();
    expect(desk.of('1m').map(({ symbolIndex }) => symbolIndex)).toEqual([0, 1, 0, 1, 0, 1]);
  });

  test('the last price is the close of the newest minute', () => {
    const desk = new Desk();
    desk.pipeline.foldMinute(minute('14:30', 100));
    expect(desk.pipeline.lastTrade(0)).toEqual({ price: 100, size: 0, tsMs: at('14:30') + MINUTE_MS - 1 });
  });

  test('rolling finished bars up gives what the pipeline gives, whatever the minutes', () => {
    const some = fc.record({
      price: fc.integer({ min: 200, max: 9_999 }),
      units: fc.integer({ min: 1, max: 1e9 }),
      skip: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 40 }), (rows) => {
        const desk = new Desk();
        let startMs = at('14:00');
        for (const { price, units, skip } of rows) {
          desk.pipeline.foldMinute(minute('14:00', price / 100, { startMs, v: units / 1e4 }));
          startMs += skip * MINUTE_MS;
        }
        desk.pipeline.finish();
        for (const day of desk.of('1d')) {
          const { o, h, l, c, v, vw, n } = day;
          const minutes = desk
            .of('1m')
            .filter(({ barStartMs }) => utcDayStart(barStartMs) === day.barStartMs);
          const rolled = rollUpBars(minutes.map(toBar));
          expect(rolled.ohlcv).toEqual({ o, h, l, c, v });
          expect(rolled.n).toBe(n);
          expect(Math.abs(rolled.vw - vw)).toBeLessThanOrEqual(1e-9 * vw);
        }
      }),
    );
  });

  test('nothing to roll up is a fault of the caller', () => {
    expect(() => rollUpBars([])).toThrow(RangeError);
  });
});

function toBar({ barStartMs, o, h, l, c, v, vw, n }: ClosedBar): Bar {
  const seq = seqOf(barStartMs, '1m');
  return {
    symbol: 'A',
    timeframe: '1m',
    seq,
    prev_seq: null,
    rev: 0,
    bar_start: barStartMs,
    bar_end: barStartMs + MINUTE_MS,
    ohlcv: { o, h, l, c, v },
    vw,
    n,
  };
}

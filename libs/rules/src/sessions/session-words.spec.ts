import { describe, expect, it } from '@jest/globals';
import type { Bar } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';
import { sessionAt } from '@libs/calendar';
import fc from 'fast-check';
import { compileLine } from '../engine/line.js';
import { anySeed, barOf, chain, walk } from '../testing/made-bars.suite.js';

/** New York in November 2026 is five hours behind UTC. */
const at = (day: number, clock: string) =>
  Date.UTC(2026, 10, day, Number(clock.slice(0, 2)) + 5, Number(clock.slice(3)));

/** One minute bar: `[day of November, New York time, o, h, l, c, v]`. */
type Minute = readonly [number, string, number, number, number, number, number];
const barsOf = (...minutes: readonly Minute[]): Bar[] =>
  chain(minutes.map(([day, clock, o, h, l, c, v]) => barOf(at(day, clock), { o, h, l, c, v })));

const values = (text: string, bars: readonly Bar[], calendar: CalendarName = 'XNYS'): (number | null)[] =>
  compileLine(text, '1m')
    .points(bars, calendar)
    .map(({ value }) => value);

// 2026-11-19 is a Thursday, 2026-11-20 a Friday, 2026-11-23 a Monday; the 26th is closed and the 27th ends at 13:00.
const TWO_DAYS = barsOf(
  [19, '09:29', 50, 51, 49, 50, 10],
  [19, '09:30', 100, 102, 99, 101, 10],
  [19, '12:00', 101, 110, 100, 109, 20],
  [19, '15:59', 109, 109, 95, 96, 30],
  [19, '16:00', 96, 120, 90, 97, 40],
  [20, '08:00', 98, 99, 97, 98, 5],
  [20, '09:00', 98, 104, 98, 103, 5],
  [20, '09:30', 103, 105, 102, 104, 10],
  [20, '09:31', 104, 108, 104, 107, 10],
  [20, '16:30', 107, 130, 80, 107, 10],
  [23, '09:30', 90, 91, 89, 90, 10],
);

describe('levels of the day', () => {
  it.each([
    ['dayOpen', [null, 100, 100, 100, 100, null, null, 103, 103, 103, 90]],
    ['dayHigh', [null, 102, 110, 110, 110, null, null, 105, 108, 108, 91]],
    ['dayLow', [null, 99, 99, 95, 95, null, null, 102, 102, 102, 89]],
    ['priorOpen', [null, null, null, null, null, 100, 100, 100, 100, 100, 103]],
    ['priorHigh', [null, null, null, null, null, 110, 110, 110, 110, 110, 108]],
    ['priorLow', [null, null, null, null, null, 95, 95, 95, 95, 95, 102]],
    ['priorClose', [null, null, null, null, null, 96, 96, 96, 96, 96, 107]],
    ['premarketHigh', [null, null, null, null, null, 99, 104, 104, 104, 104, null]],
    ['premarketLow', [null, null, null, null, null, 97, 97, 97, 97, 97, null]],
  ])('%s', (word, wanted) => {
    expect(values(word, TWO_DAYS)).toEqual(wanted);
  });

  it('are unknown on a day whose first bar is not on record', () => {
    const late = barsOf(
      [19, '10:00', 1, 2, 1, 2, 1],
      [19, '10:01', 1, 3, 1, 2, 1],
      [20, '09:30', 5, 5, 5, 5, 1],
    );
    expect(values('dayHigh', late)).toEqual([null, null, 5]);
    expect(values('priorHigh', late)).toEqual([null, null, null]);
  });

  it('a market that never closes has its day by UTC', () => {
    const start = Date.UTC(2026, 10, 21);
    const bars = chain(
      [0, 600, 1_440, 1_500].map((minute, index) =>
        barOf(start + minute * 60_000, { o: index, h: index + 1, l: index, c: index, v: 1 }),
      ),
    );
    expect(values('dayHigh', bars, '24x7')).toEqual([1, 2, 3, 4]);
    expect(values('priorClose', bars, '24x7')).toEqual([null, null, 1, 1]);
    expect(values('premarketHigh', bars, '24x7')).toEqual([null, null, null, null]);
  });

  it('a prior day further back than any closure is none', () => {
    const bars = barsOf(
      [2, '09:29', 1, 1, 1, 1, 1],
      [2, '09:30', 1, 1, 1, 1, 1],
      [19, '09:30', 2, 2, 2, 2, 1],
    );
    expect(values('priorClose', bars)).toEqual([null, null, null]);
  });
});

describe('the opening range', () => {
  const day = barsOf(
    [20, '09:29', 1, 500, 1, 1, 1],
    [20, '09:30', 10, 12, 9, 11, 1],
    [20, '09:33', 11, 15, 10, 11, 1],
    [20, '09:34', 11, 12, 8, 11, 1],
    [20, '09:35', 11, 99, 1, 11, 1],
    [20, '16:10', 11, 99, 1, 11, 1],
  );

  it('is known with the bar that ends it, and stays', () => {
    expect(values('openingRangeHigh(5)', day)).toEqual([null, null, null, 15, 15, 15]);
    expect(values('openingRangeLow(5)', day)).toEqual([null, null, null, 8, 8, 8]);
  });

  it('is unknown where its minutes had no bar', () => {
    const quiet = barsOf([20, '09:29', 1, 1, 1, 1, 1], [20, '09:50', 1, 2, 1, 1, 1]);
    expect(values('openingRangeHigh(5)', quiet)).toEqual([null, null]);
  });
});

describe('VWAP', () => {
  /** The definition: sum of price times volume by sum of volume since the part of the day began. */
  function byHand(bars: readonly Bar[], calendar: CalendarName): (number | null)[] {
    let [notional, volume, start] = [0, 0, NaN];
    return bars.map((bar) => {
      const here = sessionAt(bar.bar_start, calendar);
      const partStart =
        here.session === 'post' ? sessionAt(here.startMs - 1, calendar).startMs : here.startMs;
      if (partStart !== start) [notional, volume, start] = [0, 0, partStart];
      notional += bar.vw * bar.ohlcv.v;
      volume += bar.ohlcv.v;
      return notional / volume;
    });
  }

  it('is that of the session so far, over many days', () => {
    const isOpen = (ms: number) => sessionAt(ms, 'XNYS').session !== 'closed';
    fc.assert(
      fc.property(anySeed, (seed) => {
        const bars = walk({ seed, count: 3_000, startMs: at(19, '04:00'), isOpen, quiet: 0.4 });
        const wanted = byHand(bars, 'XNYS');
        // The record may begin late in its first session, and then nothing is known of that.
        const from = bars.findIndex((bar) => bar.bar_start >= at(19, '09:30'));
        expect(values('vwap', bars).slice(from)).toEqual(wanted.slice(from));
      }),
      { numRuns: 5 },
    );
  });

  it('anchored at a time of day, it begins there each day', () => {
    const bars = barsOf(
      [19, '09:44', 1, 1, 1, 1, 1],
      [19, '09:45', 2, 2, 2, 2, 1],
      [19, '09:46', 4, 4, 4, 4, 1],
      [20, '09:44', 9, 9, 9, 9, 1],
      [20, '09:50', 6, 6, 6, 6, 1],
    );
    expect(values('anchoredVwap("09:45")', bars)).toEqual([null, 2, 3, null, 6]);
  });

  it('anchored at an instant, it goes on', () => {
    const bars = barsOf(
      [19, '09:44', 1, 1, 1, 1, 1],
      [19, '09:45', 2, 2, 2, 2, 1],
      [20, '09:44', 5, 5, 5, 5, 2],
    );
    expect(values('anchoredVwap("2026-11-19T14:45Z")', bars)).toEqual([null, 2, 4]);
  });

  it('is unknown where the record does not reach back to its start', () => {
    const bars = barsOf([19, '10:00', 1, 1, 1, 1, 1], [19, '10:01', 2, 2, 2, 2, 1]);
    expect(values('vwap', bars)).toEqual([null, null]);
    expect(values('anchoredVwap("09:45")', bars)).toEqual([null, null]);
  });

  it('a bar without volume changes nothing', () => {
    const bars = barsOf(
      [19, '09:29', 1, 1, 1, 1, 1],
      [19, '09:30', 2, 2, 2, 2, 0],
      [19, '09:31', 3, 3, 3, 3, 5],
      [19, '09:32', 9, 9, 9, 9, 0],
    );
    expect(values('vwap', bars)).toEqual([null, null, 3, 3]);
  });
});

describe('relative volume', () => {
  const days = (volumes: readonly (readonly number[])[]) =>
    barsOf(
      [18, '09:29', 1, 1, 1, 1, 1],
      ...[18, 19, 20].flatMap((day, index) =>
        (volumes[index] ?? []).map((volume, minute): Minute => [day, `09:3${minute}`, 1, 1, 1, 1, volume]),
      ),
    );

  it('compares the session so far with the same minutes of the days before', () => {
    expect(
      values(
        'rvol(2)',
        days([
          [10, 10, 10],
          [30, 10, 30],
          [40, 20, 100],
        ]),
      ).slice(-3),
    ).toEqual([2, 2, 160 / 50]);
  });

  it('is unknown until there are enough whole days', () => {
    expect(values('rvol(2)', days([[10], [30], [40]]))).toEqual([null, null, null, 2]);
    expect(values('rvol(3)', days([[10], [30], [40]])).at(-1)).toBeNull();
  });

  it('a minute that was quiet on another day counts what had been traded by then', () => {
    const bars = barsOf(
      [19, '09:29', 1, 1, 1, 1, 1],
      [19, '09:30', 1, 1, 1, 1, 10],
      [19, '09:35', 1, 1, 1, 1, 10],
      [20, '09:31', 1, 1, 1, 1, 30],
      [20, '09:36', 1, 1, 1, 1, 10],
    );
    expect(values('rvol(1)', bars)).toEqual([null, null, null, 3, 2]);
  });
});

describe('time', () => {
  const bars = barsOf(
    [20, '08:59', 1, 1, 1, 1, 1],
    [20, '09:30', 1, 1, 1, 1, 1],
    [20, '15:59', 1, 1, 1, 1, 1],
    [20, '16:00', 1, 1, 1, 1, 1],
    [27, '12:59', 1, 1, 1, 1, 1],
  );

  it('minutes from the open and to the close, early closes included', () => {
    expect(values('minutesSinceOpen', bars)).toEqual([-30, 1, 390, 391, 210]);
    expect(values('minutesToClose', bars)).toEqual([420, 389, 0, -1, 0]);
  });

  it('time of day, weekday and session', () => {
    const truth = (text: string) => values(`(${text}) ? 1 : 0`, bars);
    expect(truth('timeBetween("09:30", "16:00")')).toEqual([0, 1, 1, 0, 1]);
    expect(truth('weekday == "Fri"')).toEqual([1, 1, 1, 1, 1]);
    expect(truth('session == "regular"')).toEqual([0, 1, 1, 0, 1]);
    expect(truth('session in ["pre", "post"]')).toEqual([1, 0, 0, 1, 0]);
  });

  it('follows New York over the change of its clocks', () => {
    // 2026-10-30 is a Friday four hours behind UTC, 2026-11-02 a Monday five hours behind.
    const ms = [Date.UTC(2026, 9, 30, 13, 30), Date.UTC(2026, 10, 2, 14, 30)];
    const opens = chain(ms.map((startMs) => barOf(startMs, { o: 1, h: 1, l: 1, c: 1, v: 1 })));
    expect(values('minutesSinceOpen', opens)).toEqual([1, 1]);
  });
});

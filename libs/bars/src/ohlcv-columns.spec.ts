import { describe, expect, it } from '@jest/globals';
import { OhlcvColumns } from './ohlcv-columns.js';
import { decimalOf } from './testing/decimal.suite.js';

function columnsOf(
  ...bars: { o: number; h: number; l: number; c: number; v: number; vw: number; n: number }[]
) {
  const columns = new OhlcvColumns(bars.length);
  bars.forEach(({ o, h, l, c, v, vw, n }, row) => {
    columns.open[row] = o;
    columns.high[row] = h;
    columns.low[row] = l;
    columns.close[row] = c;
    columns.volume[row] = v;
    columns.notional[row] = v * vw;
    columns.vwapVolume[row] = v;
    columns.trades[row] = n;
    columns.priced[row] = 1;
  });
  return columns;
}

function readRow(columns: OhlcvColumns, row: number) {
  const { open, high, low, close, volume, trades } = columns;
  return [open[row], high[row], low[row], close[row], volume[row], columns.vwap(row), trades[row]];
}

describe('columns of forming bars', () => {
  it('a later bar keeps the open, takes the close and widens the range', () => {
    const minutes = columnsOf(
      { o: 10, h: 12, l: 9, c: 11, v: 100, vw: 10, n: 2 },
      { o: 11, h: 15, l: 10, c: 14, v: 300, vw: 14, n: 3 },
      { o: 14, h: 14, l: 8, c: 8, v: 100, vw: 8, n: 1 },
    );
    const day = new OhlcvColumns(1);
    day.reset(0);
    for (const row of [0, 1, 2]) day.add(0, minutes, row);
    expect(readRow(day, 0)).toEqual([10, 15, 8, 8, 500, 12, 6]);
  });

  it('a row is as new after a reset, and its neighbours are left alone', () => {
    const columns = columnsOf(
      { o: 1, h: 2, l: 0.5, c: 1.5, v: 10, vw: 1, n: 1 },
      { o: 3, h: 4, l: 2, c: 3, v: 20, vw: 3, n: 2 },
    );
    columns.reset(0);
    columns.add(0, columns, 1);
    expect(readRow(columns, 0)).toEqual([3, 4, 2, 3, 20, 3, 2]);
    expect(readRow(columns, 1)).toEqual([3, 4, 2, 3, 20, 3, 2]);
  });

  it('the average is the close where no volume counts for it', () => {
    const columns = columnsOf({ o: 1, h: 2, l: 0.5, c: 1.5, v: 0, vw: 0, n: 1 });
    expect(columns.vwap(0)).toBe(1.5);
  });

  it('the volume of a day of 1,440 minutes has no noise at the eighth decimal', () => {
    const minuteVolume = 11_000_000_000n / 1_440n + 123_456_789_123n;
    const minutes = columnsOf({ o: 1, h: 1, l: 1, c: 1, v: decimalOf(minuteVolume), vw: 1, n: 1 });
    const day = new OhlcvColumns(1);
    day.reset(0);
    for (let minute = 0; minute < 1_440; minute++) day.add(0, minutes, 0);
    expect(day.volume[0]).toBe(decimalOf(minuteVolume * 1_440n));
  });
});

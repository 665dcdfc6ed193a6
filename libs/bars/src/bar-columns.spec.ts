import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BarColumns } from './bar-columns.js';
import { anyBar, minuteBar } from './testing/bars.suite.js';

describe('bars as columns', () => {
  it('give back every bar as it was written', () => {
    fc.assert(
      fc.property(fc.array(anyBar, { minLength: 1, maxLength: 20 }), (bars) => {
        const columns = new BarColumns(bars.length);
        bars.forEach((bar, row) => columns.write(row, bar));
        bars.forEach((bar, row) => {
          expect(columns.read(row, bar.symbol, bar.timeframe)).toStrictEqual(bar);
          expect(columns.seqAt(row, bar.timeframe)).toBe(bar.seq);
          expect(columns.prevSeqAt(row)).toBe(bar.prev_seq);
          expect(columns.revAt(row)).toBe(bar.rev);
        });
      }),
    );
  });

  it('hold the bar last written to a row, and tell no bar before it from the bar of seq 0', () => {
    const columns = new BarColumns(2);
    columns.write(0, minuteBar(7));
    columns.write(1, minuteBar(8));
    columns.write(0, minuteBar(0, 2));
    expect(columns.read(0, 'SPY', '1m')).toStrictEqual(minuteBar(0, 2));
    expect(columns.prevSeqAt(0)).toBeNull();
    columns.write(0, minuteBar(1));
    expect(columns.prevSeqAt(0)).toBe(0);
    expect(columns.read(1, 'SPY', '1m')).toStrictEqual(minuteBar(8));
  });
});

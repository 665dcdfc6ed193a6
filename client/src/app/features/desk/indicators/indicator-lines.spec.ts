import { describe, expect, it } from '@jest/globals';
import { bars } from '../../../data-access/testing/bars';
import { INDICATOR_KINDS } from './indicator-kinds';
import { barsBack, indicatorLines, type LineInput } from './indicator-lines';

const input = (chosen: LineInput['chosen'], count = 60): LineInput => ({
  chosen,
  bars: bars(1_000, 999 + count),
  timeframe: '1m',
  calendar: '24x7',
  decimals: 2,
});

describe('the lines of indicators', () => {
  it('every kind there is can be drawn as it is offered', () => {
    for (const { key, parameters, isPane } of INDICATOR_KINDS) {
      const values = parameters.map(({ value }) => value);
      const lines = indicatorLines(input([{ kind: key, values }]));
      expect({ key, count: lines.length > 0 }).toEqual({ key, count: true });
      expect(lines.every(({ pane }) => (pane !== null) === isPane)).toBe(true);
      expect(lines.every(({ points }) => points.length === 60)).toBe(true);
    }
  });

  it('an average is the average, from the bar on that fills its window', () => {
    const [line] = indicatorLines(input([{ kind: 'sma', values: [3] }]));
    const values = line!.points.map(({ value }) => value);
    expect(values.slice(0, 2)).toEqual([null, null]);
    expect(values.slice(2, 4)).toEqual([1_002, 1_003]);
    expect(line).toMatchObject({ label: 'SMA 3', pane: null, colour: 0 });
  });

  it('says how many bars are missing', () => {
    const [line] = indicatorLines(input([{ kind: 'sma', values: [100] }], 27));
    expect(line!.unknown).toBe('needs 73 more bars');
  });

  it('two of a kind are two lines of two colours, in panes of their own', () => {
    const chosen = [
      { kind: 'rsi', values: [5] },
      { kind: 'rsi', values: [9] },
    ];
    const lines = indicatorLines(input(chosen));
    expect(new Set(lines.map(({ pane }) => pane)).size).toBe(2);
    expect(lines.map(({ colour }) => colour)).toEqual([0, 1]);
  });

  it('what is not known any more is left out', () => {
    expect(indicatorLines(input([{ kind: 'moon', values: [] }]))).toEqual([]);
  });

  it('asks for as many older bars as the hungriest one needs, within a bound', () => {
    expect(barsBack([{ kind: 'sma', values: [50] }], '1m')).toBe(50);
    expect(barsBack([{ kind: 'rvol', values: [20] }], '1m')).toBe(5_000);
    expect(barsBack([], '1m')).toBe(0);
  });
});

import { describe, expect, it } from '@jest/globals';
import { bar, bars, microbar } from '../../data-access/testing/bars';
import type { ChartChange } from '../../ui/price-chart/chart-change';
import { HoursFilter, keptBy } from './hours-filter';

const selection = { symbol: 'SPY', timeframe: '1m' } as const;
/** Even minutes are regular, odd ones lie around them. */
const sessionOf = (tsMs: number): 'regular' | 'post' => ((tsMs / 60_000) % 2 === 0 ? 'regular' : 'post');

describe('the hours a chart shows', () => {
  function followed(): { filter: HoursFilter; tell: (change: ChartChange) => void; heard: ChartChange[] } {
    let tell: (change: ChartChange) => void = () => undefined;
    const heard: ChartChange[] = [];
    const filter = new HoursFilter((listener) => {
      tell = listener;
      return () => undefined;
    });
    filter.follow((change) => heard.push(change));
    return { filter, tell: (change) => tell(change), heard };
  }
  const seqsOf = ({ series }: ChartChange): number[] => series.bars.map(({ seq }) => seq);

  it('all: changes go through as they are', () => {
    const { tell, heard } = followed();
    const change: ChartChange = { kind: 'seed', selection, series: { bars: bars(1, 5), forming: null } };
    tell(change);
    expect(heard[0]).toBe(change);
  });

  it('regular: other bars are left out, live, forming and older ones as well', () => {
    const { filter, tell, heard } = followed();
    filter.set(keptBy('regular', sessionOf));
    tell({ kind: 'seed', selection, series: { bars: bars(3, 6), forming: microbar(7) } });
    expect(seqsOf(heard.at(-1)!)).toEqual([4, 6]);
    expect(heard.at(-1)!.series.forming).toBeNull();
    tell({ kind: 'bars', selection, series: { bars: bars(3, 8), forming: null }, bars: bars(7, 8) });
    expect(heard.at(-1)).toMatchObject({ kind: 'bars', bars: [bar(8)] });
    tell({ kind: 'older', selection, series: { bars: bars(0, 8), forming: null }, added: 3 });
    expect(heard.at(-1)).toMatchObject({ kind: 'older', added: 2 });
  });

  it('another choice shows at once', () => {
    const { filter, tell, heard } = followed();
    tell({ kind: 'seed', selection, series: { bars: bars(1, 4), forming: null } });
    filter.set(keptBy('regular', sessionOf));
    expect(heard.at(-1)!.kind).toBe('seed');
    expect(seqsOf(heard.at(-1)!)).toEqual([2, 4]);
    filter.set(keptBy('all', sessionOf));
    expect(seqsOf(heard.at(-1)!)).toEqual([1, 2, 3, 4]);
  });

  it('where sessions are not told apart nothing is left out', () => {
    expect(keptBy('regular', null)).toBeNull();
  });
});

import { describe, expect, test } from '@jest/globals';
import type { SeriesAttachedParameter } from 'lightweight-charts';
import { Backdrop, type BackdropContent, type ChartGap } from './backdrop';
import type { ChartTheme } from './chart-look';

const MINUTE_MS = 60_000;
const SLOT_PX = 10;
const [WIDTH_PX, HEIGHT_PX] = [200, 100];
const THEME = { hatch: 'the colour of hatching' } as ChartTheme;
const EMPTY: BackdropContent = {
  barStartsMs: [],
  sessionOf: null,
  words: null,
  future: null,
  levels: [],
  gaps: [],
  last: null,
};

/** Left and right ends of what is hatched: bars stand {@link SLOT_PX} apart, the first at 0. */
function hatched(barStartsMs: readonly number[], gaps: readonly ChartGap[]): [left: number, right: number][] {
  const areas: [number, number][] = [];
  const context = {
    strokeStyle: '',
    rect: (x: number, _y: number, width: number) => areas.push([x, x + width]),
    stroke: () => {
      expect(context.strokeStyle).toBe(THEME.hatch);
    },
    ...Object.fromEntries(
      ['save', 'restore', 'beginPath', 'clip', 'moveTo', 'lineTo'].map((name) => [name, () => undefined]),
    ),
  };
  const timeScale = {
    options: () => ({ barSpacing: SLOT_PX }),
    logicalToCoordinate: (index: number) => index * SLOT_PX,
    getVisibleLogicalRange: () => null,
  };
  const backdrop = new Backdrop(THEME, () => undefined);
  backdrop.attached({
    chart: { timeScale: () => timeScale },
    series: {},
    requestUpdate: () => undefined,
  } as unknown as SeriesAttachedParameter);
  backdrop.show({ ...EMPTY, barStartsMs, gaps }, THEME);
  const target = {
    useMediaCoordinateSpace: (draw: (scope: unknown) => void) => {
      draw({ context, mediaSize: { width: WIDTH_PX, height: HEIGHT_PX } });
    },
  };
  backdrop.drawBackground(target as unknown as Parameters<Backdrop['drawBackground']>[0]);
  return areas;
}

const gap = (fromMinute: number, toMinute: number): ChartGap => ({
  from: fromMinute * MINUTE_MS,
  to: toMinute * MINUTE_MS,
  reason: 'the feed was down',
});
const bars = (...minutes: number[]): number[] => minutes.map((minute) => minute * MINUTE_MS);

describe('P10: a gap that nobody can fill', () => {
  test('is hatched over the bars that lie in it', () => {
    expect(hatched(bars(0, 1, 2, 3, 4), [gap(1, 3)])).toEqual([[SLOT_PX / 2, 2.5 * SLOT_PX]]);
  });

  test('without a bar in it is a narrow strip between the bars around it', () => {
    const [[left, right] = [0, 0]] = hatched(bars(0, 1, 9, 10), [gap(3, 8)]);
    expect(right - left).toBeGreaterThan(0);
    expect((left + right) / 2).toBe(1.5 * SLOT_PX);
  });

  test('that still goes on is hatched right of the newest bar', () => {
    const [[left, right] = [0, 0]] = hatched(bars(0, 1), [gap(2, 30)]);
    expect((left + right) / 2).toBe(1.5 * SLOT_PX);
    expect(right - left).toBeGreaterThan(0);
  });

  test('is left out before the oldest bar, right of the picture, and where there are no bars', () => {
    expect(hatched(bars(10, 11), [gap(1, 5)])).toEqual([]);
    expect(hatched(bars(...Array.from({ length: 40 }, (_, i) => i)), [gap(30, 35)])).toEqual([]);
    expect(hatched([], [gap(1, 5)])).toEqual([]);
  });

  test('each is hatched', () => {
    expect(hatched(bars(0, 1, 2, 3, 4, 5), [gap(1, 2), gap(4, 5)])).toHaveLength(2);
  });
});

import { describe, expect, it } from '@jest/globals';
import { dayStartOf } from '@libs/calendar';
import { formatDate, formatTime } from '../../text/format';
import { zoneFor, zoneOf, type Zone } from '../../text/zone';
import { TimeAxis } from './time-axis';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Bars of a length from one instant to another that somebody trades in all the time. */
function startsFrom(from: string, hours: number, barMs: number): number[] {
  const fromMs = Date.parse(from);
  return Array.from({ length: (hours * HOUR_MS) / barMs }, (_, index) => fromMs + index * barMs);
}

function timesOf(startsMs: readonly number[], zone: Zone): number[] {
  const axis = new TimeAxis(zone);
  axis.setAll(startsMs, zone);
  return startsMs.map((startMs) => axis.timeOf(startMs)!);
}

/** What the axis says of each bar. */
function written(startsMs: readonly number[], zone: Zone): string[] {
  const axis = new TimeAxis(zone);
  axis.setAll(startsMs, zone);
  return startsMs.map((startMs) => {
    const atMs = axis.startAt(axis.timeOf(startMs)!);
    return `${formatDate(atMs, zone)} ${formatTime(atMs, zone)}`;
  });
}

describe('the times of an axis', () => {
  const newYork = zoneOf('XNYS');

  it('leave out the hour that is not there in spring', () => {
    expect(written(startsFrom('2026-03-08T05:00Z', 4, HOUR_MS), newYork)).toEqual([
      'Sun 8 Mar 00:00',
      'Sun 8 Mar 01:00',
      'Sun 8 Mar 03:00',
      'Sun 8 Mar 04:00',
    ]);
  });

  it('say the hour twice that comes twice in autumn', () => {
    expect(written(startsFrom('2026-11-01T04:00Z', 4, HOUR_MS), newYork)).toEqual([
      'Sun 1 Nov 00:00',
      'Sun 1 Nov 01:00',
      'Sun 1 Nov 01:00',
      'Sun 1 Nov 02:00',
    ]);
  });

  it('are those of UTC through both', () => {
    const utc = zoneFor('utc', 'XNYS');
    for (const from of ['2026-03-08T05:00Z', '2026-11-01T04:00Z']) {
      const startsMs = startsFrom(from, 6, MINUTE_MS);
      expect(timesOf(startsMs, utc)).toEqual(startsMs.map((startMs) => startMs / 1_000));
    }
  });

  it.each<[string, Zone]>([
    ['exchange', newYork],
    ['local', zoneFor('local', 'XNYS')],
    ['local, for what trades at night', zoneFor('local', '24x7')],
    ['UTC', zoneFor('utc', '24x7')],
  ])('%s: rise, minute by minute, and lead back to their bars', (_, zone) => {
    for (const from of ['2026-03-28T20:00Z', '2026-03-08T04:00Z', '2026-10-24T20:00Z', '2026-11-01T03:00Z']) {
      const startsMs = startsFrom(from, 8, MINUTE_MS);
      const axis = new TimeAxis(zone);
      axis.setAll(startsMs, zone);
      const times = startsMs.map((startMs) => axis.timeOf(startMs)!);
      expect(times.every((time, index) => index === 0 || time > times[index - 1]!)).toBe(true);
      expect(times.map((time) => axis.startAt(time))).toEqual(startsMs);
    }
  });

  it('have each day begin at its own midnight, on both sides of a change', () => {
    const days = ['2026-10-30', '2026-10-31', '2026-11-01', '2026-11-02'].map((date) =>
      dayStartOf('XNYS')(Date.parse(`${date}T16:00Z`)),
    );
    expect(timesOf(days, newYork).map((time) => time % 86_400)).toEqual([0, 0, 0, 0]);
  });

  it('go on with bars as they come, and know none that is not in the chart', () => {
    const axis = new TimeAxis(newYork);
    axis.setAll(startsFrom('2026-11-01T05:58Z', 1, 30 * MINUTE_MS), newYork);
    const { layout } = axis;
    const nextMs = Date.parse('2026-11-01T06:58Z');
    expect(axis.timeOf(nextMs)).toBeNull();
    axis.append(nextMs);
    expect(axis.startAt(axis.timeOf(nextMs)!)).toBe(nextMs);
    expect(axis.layout).toBe(layout);
    expect(axis.startAt(0)).toBe(0);
  });
});

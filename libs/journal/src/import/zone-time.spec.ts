import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { timeReader } from './time-pattern.js';
import { isZone, zoneClock } from './zone-time.js';

const newYork = zoneClock('America/New_York');
const read = (pattern: string, text: string, clock = newYork) => timeReader(pattern)(text, clock);
const iso = (pattern: string, text: string, clock = newYork) => {
  const time = read(pattern, text, clock);
  return time === null ? null : new Date(time.atMs).toISOString();
};
const SECONDS = 'yyyy-MM-dd HH:mm:ss';

describe('local times of a zone', () => {
  it('follows summer time', () => {
    expect(iso(SECONDS, '2026-01-05 09:30:00')).toBe('2026-01-05T14:30:00.000Z');
    expect(iso(SECONDS, '2026-07-06 09:30:00')).toBe('2026-07-06T13:30:00.000Z');
  });

  it('is right up to the edges of both nights', () => {
    expect(iso(SECONDS, '2026-03-08 01:59:59')).toBe('2026-03-08T06:59:59.000Z');
    expect(iso(SECONDS, '2026-03-08 03:00:00')).toBe('2026-03-08T07:00:00.000Z');
    expect(iso(SECONDS, '2026-11-01 00:59:59')).toBe('2026-11-01T04:59:59.000Z');
    expect(iso(SECONDS, '2026-11-01 02:00:00')).toBe('2026-11-01T07:00:00.000Z');
  });

  it('refuses what the clocks skipped and what they showed twice', () => {
    expect(() => read(SECONDS, '2026-03-08 02:30:00')).toThrow('does not exist in America/New_York');
    expect(() => read(SECONDS, '2026-11-01 01:30:00')).toThrow('came twice in America/New_York');
  });

  it('knows a change of half an hour, and a skipped midnight', () => {
    const lordHowe = zoneClock('Australia/Lord_Howe');
    expect(() => read(SECONDS, '2026-10-04 02:15:00', lordHowe)).toThrow('does not exist');
    expect(iso(SECONDS, '2026-10-04 02:30:00', lordHowe)).toBe('2026-10-03T15:30:00.000Z');
    const santiago = zoneClock('America/Santiago');
    expect(iso('yyyy-MM-dd', '2025-09-07', santiago)).toBe('2025-09-07T04:00:00.000Z');
  });

  it('gives a date the length of its day', () => {
    expect(read('MM/dd/yyyy', '03/08/2026')?.precisionMs).toBe(23 * 3_600_000);
    expect(read('MM/dd/yyyy', '11/01/2026')?.precisionMs).toBe(25 * 3_600_000);
    expect(read('MM/dd/yyyy', '11/02/2026')?.precisionMs).toBe(24 * 3_600_000);
  });

  it('gives back every instant of two years that its clocks show once', () => {
    const hours = fc.integer({ min: Date.UTC(2025, 0, 1) / 1000, max: Date.UTC(2027, 0, 1) / 1000 });
    for (const zone of ['America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC']) {
      const clock = zoneClock(zone);
      fc.assert(
        fc.property(hours, (second) => {
          const local = clock.localOf(second * 1000);
          try {
            expect(clock.instantOf(local)).toBe(second * 1000);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
            expect((error as Error).message).toContain('came twice');
          }
        }),
        { numRuns: 60 },
      );
    }
  });

  it.each([
    ['America/New_York', true],
    ['UTC', true],
    ['EST', false],
    ['Mars/Olympus', false],
    ['', false],
  ])('knows whether %j is a zone', (zone, expected) => expect(isZone(zone)).toBe(expected));
});

describe('time patterns', () => {
  it.each([
    ['M/d/yy H:mm:ss', '1/5/26 9:30:01', '2026-01-05T14:30:01.000Z'],
    ['yyyyMMdd;HHmmss', '20260105;093001', '2026-01-05T14:30:01.000Z'],
    ['yyyy.MM.dd HH:mm:ss', '2026.01.05 09:30:01', '2026-01-05T14:30:01.000Z'],
    ['MMM-dd-yyyy', 'Jan-05-2026', '2026-01-05T05:00:00.000Z'],
    ['MM/dd/yyyy h:mm a', '01/05/2026 12:05 AM', '2026-01-05T05:05:00.000Z'],
    ['yyyy-MM-dd HH:mm:ss.SSS', '2026-01-05 09:30:01.250', '2026-01-05T14:30:01.250Z'],
    ['iso', '2026-01-05T09:30:01.25Z', '2026-01-05T09:30:01.250Z'],
    ['iso', '2026-01-05 09:30:01-0500', '2026-01-05T14:30:01.000Z'],
    ['iso', '2026-01-05T09:30:01', null],
    ['M/d/yyyy', '1.5.2026', null],
  ])('%s reads %s', (pattern, text, expected) => expect(iso(pattern, text)).toBe(expected));

  it.each(['02/30/2026', '13/01/2026', '00/10/2026', '01/01/1950'])('refuses %s', (text) =>
    expect(() => read('MM/dd/yyyy', text)).toThrow(RangeError),
  );
  it('refuses February 30 with an offset too', () =>
    expect(() => read('iso', '2026-02-30T09:30:01Z')).toThrow('no date and time'));

  it.each(['HH:mm', 'yyyy-MM', 'yyyy-MM-dd-dd', 'yyyy-MM-dd h:mm'])('refuses the pattern %s', (pattern) =>
    expect(() => timeReader(pattern)).toThrow(RangeError),
  );
});

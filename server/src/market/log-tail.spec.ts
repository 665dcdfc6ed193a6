import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { LogTail } from './log-tail.js';
import type { LoggedEvent } from './logged-alert.js';
import { alertPlaces, logScripts, scriptedLog, withAlerts } from './scripted-log.suite.js';

/** What is held, by the tail's own account. */
function contentOf(tail: LogTail): LoggedEvent[] {
  const events: LoggedEvent[] = [];
  for (let position = tail.first; position < tail.end; position++) events.push(tail.eventAt(position));
  return events;
}

const cases = fc.record({
  log: fc.tuple(logScripts(), alertPlaces).map(([script, places]) => withAlerts(scriptedLog(script), places)),
  capacity: fc.integer({ min: 1, max: 80 }),
  loadedPart: fc.nat({ max: 100 }),
});

describe('the tail of the bar log, against a plain array', () => {
  it('holds the newest events as they were, whatever was found on record and whatever was pushed', () => {
    fc.assert(
      fc.property(cases, ({ log, capacity, loadedPart }) => {
        const loaded = Math.floor((log.length * loadedPart) / 100);
        const tail = new LogTail(capacity);
        tail.load(log.slice(Math.max(0, loaded - capacity), loaded));
        for (const event of log.slice(loaded)) tail.push(event);
        const held = log.slice(Math.max(0, log.length - capacity));
        expect(contentOf(tail)).toEqual(held);
        for (const [index, { offset, bar }] of held.entries()) {
          const position = tail.first + index;
          expect(tail.offsetAt(position)).toBe(offset);
          expect(tail.isAlertAt(position)).toBe(bar === undefined);
          if (bar === undefined) continue;
          expect([tail.symbolAt(position), tail.timeframeAt(position)]).toEqual([bar.symbol, bar.timeframe]);
          expect([tail.seqAt(position), tail.prevSeqAt(position)]).toEqual([bar.seq, bar.prev_seq]);
          expect(tail.revAt(position)).toBe(bar.rev);
        }
      }),
    );
  });

  it('knows up to which offset events are gone: never less than the truth, and nothing while it holds all', () => {
    fc.assert(
      fc.property(cases, ({ log, capacity, loadedPart }) => {
        const loaded = Math.floor((log.length * loadedPart) / 100);
        const tail = new LogTail(capacity);
        tail.load(log.slice(Math.max(0, loaded - capacity), loaded));
        for (const event of log.slice(loaded)) tail.push(event);
        const evicted = log.slice(0, Math.max(0, log.length - capacity)).at(-1);
        const firstHeld = log[log.length - Math.min(capacity, log.length)];
        expect(tail.evictedOffset).toBeGreaterThanOrEqual(evicted?.offset ?? 0);
        if (firstHeld) expect(tail.evictedOffset).toBeLessThan(firstHeld.offset);
        if (log.length < capacity) expect(tail.evictedOffset).toBe(0);
      }),
    );
  });

  it('keeps its bound of text: it begins after the newest alert that had to go, and holds everything after it', () => {
    fc.assert(
      fc.property(cases, fc.nat({ max: 400 }), ({ log, capacity, loadedPart }, charsCap) => {
        const loaded = Math.floor((log.length * loadedPart) / 100);
        const tail = new LogTail(capacity, charsCap);
        tail.load(log.slice(Math.max(0, loaded - capacity), loaded));
        for (const event of log.slice(loaded)) tail.push(event);
        const charsFrom = (index: number): number =>
          log.slice(index).reduce((sum, { alert }) => sum + (alert?.json.length ?? 0), 0);
        let from = Math.max(0, log.length - capacity);
        while (charsFrom(from) > charsCap) from++;
        // An alert that was let go of takes the bars before it along, and comes back no more.
        const held = contentOf(tail);
        expect(held).toEqual(log.slice(log.length - held.length));
        expect(held.length).toBeLessThanOrEqual(log.length - from);
        expect(charsFrom(log.length - held.length)).toBeLessThanOrEqual(charsCap);
        const gone = log[log.length - held.length - 1];
        expect(tail.evictedOffset).toBeGreaterThanOrEqual(gone?.offset ?? 0);
        if (held[0] !== undefined) expect(tail.evictedOffset).toBeLessThan(held[0].offset);
        expect(tail.bytes).toBe(capacity * 78 + charsFrom(log.length - held.length));
      }),
    );
  });

  it('finds the first event after any offset', () => {
    fc.assert(
      fc.property(cases, fc.nat({ max: 700 }), ({ log, capacity }, offset) => {
        const tail = new LogTail(capacity);
        for (const event of log) tail.push(event);
        const held = contentOf(tail);
        const expected = held.findIndex((event) => event.offset > offset);
        expect(tail.positionAfter(offset)).toBe(expected === -1 ? tail.end : tail.first + expected);
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { LogTail } from './log-tail.js';
import type { LoggedBar } from './logged-bar.js';
import { logScripts, scriptedLog } from './scripted-log.suite.js';

/** What is held, by the tail's own account. */
function contentOf(tail: LogTail): LoggedBar[] {
  const events: LoggedBar[] = [];
  for (let position = tail.first; position < tail.end; position++) events.push(tail.read(position));
  return events;
}

const cases = fc.record({
  log: logScripts().map(scriptedLog),
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

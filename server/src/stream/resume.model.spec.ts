import { describe, expect, it } from '@jest/globals';
import { timeframeMs, type Bar, type Timeframe } from '@libs/bars';
import * as fc from 'fast-check';
import { barsIn, LogTail, type LoggedBar, type LoggedEvent } from '../market/index.js';
import { alertPlaces, logScripts, scriptedLog, withAlerts } from '../market/scripted-log.suite.js';
import { parseCursor, formatCursor } from './cursor.js';
import { planResume, type LogView, type ResumePlan, type Topics } from './resume.js';

/** Enough to meet each rare constellation many times; a run takes a fraction of a millisecond. */
const RUNS = { numRuns: 800 };
const EPOCH = { id: 'e0123456789ab', startMs: 1 };

/** A log that is partly evicted, a client that saw part of it, and what it shows when it comes back. */
interface Break {
  readonly log: readonly LoggedEvent[];
  readonly tail: LogTail;
  readonly view: LogView;
  readonly topics: Topics;
  /** The client has every event of its topics with an index below this. */
  readonly seen: number;
}

const breaks: fc.Arbitrary<Break> = fc
  .record({
    script: logScripts(),
    places: alertPlaces,
    /** Small enough at times that alerts fall out before bars do. */
    alertCharsCap: fc.oneof(fc.nat({ max: 500 }), fc.constant(10_000)),
    capacity: fc.integer({ min: 1, max: 60 }),
    loadedPart: fc.nat({ max: 100 }),
    seenPart: fc.nat({ max: 100 }),
    symbols: fc.subarray(['SPY', 'QQQ', 'BTC-USD'], { minLength: 1 }),
    timeframe: fc.constantFrom<Timeframe>('1m', '2m', '5m'),
  })
  .map(({ script, places, alertCharsCap, capacity, loadedPart, seenPart, symbols, timeframe }) => {
    const log = withAlerts(scriptedLog(script), places);
    const tail = new LogTail(capacity, alertCharsCap);
    // The first part was on record when the process started, the rest was published by it.
    const loaded = Math.floor((log.length * loadedPart) / 100);
    tail.load(log.slice(Math.max(0, loaded - capacity), loaded));
    for (const event of log.slice(loaded)) tail.push(event);
    const topics = { symbols: new Set(symbols), timeframes: new Set([timeframe]), ownerId: 1 };
    const seen = Math.floor((log.length * seenPart) / 100);
    return { log, tail, view: viewOf(log, tail), topics, seen };
  });

function viewOf(log: readonly LoggedEvent[], tail: LogTail): LogView {
  return {
    epoch: EPOCH,
    headOffset: log.at(-1)?.offset ?? 0,
    tail,
    lastSeqOf: (symbol, timeframe) =>
      barsIn(log).findLast(({ bar }) => bar.symbol === symbol && bar.timeframe === timeframe && bar.rev === 0)
        ?.bar.seq ?? null,
  };
}

function wanted(events: readonly LoggedEvent[], { symbols, timeframes, ownerId }: Topics): LoggedEvent[] {
  return events.filter(({ bar, alert }) =>
    bar === undefined
      ? symbols.has(alert.symbol) && alert.ownerId === ownerId
      : symbols.has(bar.symbol) && timeframes.has(bar.timeframe),
  );
}

function wantedBars(events: readonly LoggedEvent[], topics: Topics): LoggedBar[] {
  return barsIn(wanted(events, topics));
}

/** What a client is sent that starts with this plan, as the plan's fields define it. */
function delivered(plan: ResumePlan, { tail, topics }: Break): LoggedEvent[] {
  const { position, barPosition, placesAlerts, aboveSeq } = plan;
  const events: LoggedEvent[] = [];
  const [timeframe] = topics.timeframes;
  const knownUntilMs = placesAlerts || timeframe === undefined ? 0 : (aboveSeq + 1) * timeframeMs(timeframe);
  for (let at = position; at < tail.end; at++) {
    const event = tail.eventAt(at);
    const isKnown =
      event.bar === undefined
        ? event.alert.barEndMs <= knownUntilMs
        : at < barPosition || event.bar.seq <= aboveSeq;
    if (!isKnown) events.push(event);
  }
  return wanted(events, topics);
}

function cursorAfter({ log }: Break, index: number): ReturnType<typeof parseCursor> {
  const offset = log[index - 1]?.offset ?? (log[0]?.offset ?? 1) - 1;
  return parseCursor(formatCursor({ epochId: EPOCH.id, offset }));
}

/** The highest seq of which a client may say "I have everything up to it", for all its symbols at once. */
function honestSeq({ log, topics, seen }: Break): number {
  const missing = wantedBars(log.slice(seen), topics).filter(({ bar }) => bar.rev === 0);
  const have = wantedBars(log.slice(0, seen), topics).map(({ bar }) => bar.seq);
  const firstMissing = Math.min(...missing.map(({ bar }) => bar.seq));
  return Math.max(-1, ...have.filter((seq) => seq < firstMissing));
}

function isHeld({ tail }: Break, { offset }: LoggedEvent): boolean {
  return offset >= tail.offsetAt(tail.first) && tail.end > tail.first;
}

const inOrder = (events: readonly LoggedEvent[]): number[] => events.map(({ offset }) => offset);
const barsOf = (events: readonly LoggedEvent[]): Bar[] => barsIn(events).map(({ bar }) => bar);

function expectTruthfulPartial(
  plan: ResumePlan,
  missing: readonly LoggedEvent[],
  at: Break,
  got = delivered(plan, at),
): void {
  expect(inOrder(missing.filter((event) => isHeld(at, event)))).toEqual(inOrder(got));
  expect(plan.verdict.reason).toContain('history');
  const { first_available: firstAvailable = Infinity } = plan.verdict;
  const notSent = missing.filter(({ offset }) => !inOrder(got).includes(offset));
  // A client fetches the seqs below first_available from history, where revisions are settled already.
  for (const { bar } of barsIn(notSent)) if (bar.rev === 0) expect(bar.seq).toBeLessThan(firstAvailable);
}

describe('resuming the stream at a random point of a random log', () => {
  it('by cursor: exactly what was missed, in order, or a verdict that something is gone', () => {
    fc.assert(
      fc.property(breaks, (at) => {
        const missing = wanted(at.log.slice(at.seen), at.topics);
        const plan = planResume({ cursor: cursorAfter(at, at.seen) }, at.topics, at.view);
        const isAllHeld = at.log.slice(at.seen).every((event) => isHeld(at, event));
        expect(plan.verdict.verdict).toBe(isAllHeld ? 'exact' : 'partial');
        if (isAllHeld) expect(delivered(plan, at)).toEqual(missing);
        else expectTruthfulPartial(plan, missing, at);
      }),
      RUNS,
    );
  });

  it.each(['sinceSeq', 'a bare seq as the cursor'])('by %s: every bar above it, or a verdict', (how) => {
    fc.assert(
      fc.property(breaks, fc.integer({ min: -4, max: 30 }), (at, aside) => {
        const oldest = wantedBars(at.log, at.topics)[0]?.bar.seq ?? 0;
        const sinceSeq = Math.max(0, oldest + aside);
        const request = how === 'sinceSeq' ? { sinceSeq } : { cursor: parseCursor(String(sinceSeq)) };
        const plan = planResume(request, at.topics, at.view);
        const missing = wantedBars(at.log, at.topics).filter(({ bar }) => bar.seq > sinceSeq);
        const newest = Math.max(-1, ...wantedBars(at.log, at.topics).map(({ bar }) => bar.seq));
        if (sinceSeq > newest) {
          expect(plan).toEqual({
            verdict: { verdict: 'reset', reason: `seq ${sinceSeq} is ahead of every bar here` },
            position: at.tail.end,
            barPosition: at.tail.end,
            placesAlerts: false,
            aboveSeq: -1,
          });
          return;
        }
        const isAllHeld = missing.every((event) => isHeld(at, event));
        expect(plan.verdict.verdict).toBe(isAllHeld ? 'exact' : 'partial');
        const got = delivered(plan, at);
        if (isAllHeld) expect(barsOf(got)).toEqual(barsOf(missing));
        else expectTruthfulPartial(plan, missing, at, barsIn(got));
        // Alerts of bars it has do not come again, and one that comes is its own.
        const hasUntilMs = (sinceSeq + 1) * timeframeMs([...at.topics.timeframes][0] as Timeframe);
        for (const { alert } of got)
          if (alert !== undefined) expect(alert.barEndMs).toBeGreaterThan(hasUntilMs);
      }),
      RUNS,
    );
  });

  it('by both, the seq being honest: what neither covers, and exact wherever one of them can say so', () => {
    fc.assert(
      fc.property(breaks, fc.nat({ max: 5 }), (at, staleBy) => {
        const sinceSeq = honestSeq(at) - staleBy;
        fc.pre(sinceSeq >= 0);
        const cursor = cursorAfter(at, at.seen);
        const plan = planResume({ cursor, sinceSeq }, at.topics, at.view);
        const missing = wanted(at.log.slice(at.seen), at.topics);
        const byCursor = planResume({ cursor }, at.topics, at.view);
        const bySeq = planResume({ sinceSeq }, at.topics, at.view);
        const isExact = [byCursor, bySeq].some(({ verdict }) => verdict.verdict === 'exact');
        expect(plan.verdict.verdict).toBe(isExact ? 'exact' : 'partial');
        const got = delivered(plan, at);
        const gotOffsets = new Set(inOrder(got));
        const sentTwice = got.filter(({ offset }) => offset < (at.log[at.seen]?.offset ?? Infinity));
        // Corrections of bars that the client says it has are all that a seq can hide.
        const owed = missing.filter(
          (event) =>
            gotOffsets.has(event.offset) ||
            (event.bar === undefined ? isHeld(at, event) : event.bar.rev === 0 || event.bar.seq > sinceSeq),
        );
        if (isExact) expect(owed.filter(({ offset }) => !gotOffsets.has(offset))).toEqual([]);
        else expectTruthfulPartial(plan, owed, at);
        if (byCursor.verdict.verdict === 'exact') expect(sentTwice).toEqual([]);
      }),
      RUNS,
    );
  });

  it('with nothing to go by: from now on', () => {
    fc.assert(
      fc.property(breaks, (at) => {
        const plan = planResume({}, at.topics, at.view);
        expect(plan.verdict).toEqual({ verdict: 'new' });
        expect(delivered(plan, at)).toEqual([]);
      }),
    );
  });
});

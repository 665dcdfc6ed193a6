import { afterEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../common/manual-clock.js';
import type { FeedSpeed } from '../../config/env.schema.js';
import type { FeedEvent, MarketFeed } from './market-feed.port.js';
import {
  FeedRecorder,
  settle,
  until,
  type RecorderOptions,
  type TradeRow,
} from './testing/feed-recorder.suite.js';

/** What the suite must know of a feed that is put to the test. */
export interface MarketFeedFixture {
  readonly make: (options: { batchSize: number; speed: FeedSpeed; salt: string }) => Promise<MarketFeed>;
  /** Wall time at which the feed is opened. */
  readonly openedAtMs: number;
  readonly recordedUntilMs: number | null;
  /** Whether its data come to an end; otherwise it goes on until it is closed, at full speed for one day. */
  readonly isFinite: boolean;
  /** A speed at which it tells at least 50 more trades within a minute of wall time. */
  readonly pace: number;
}

const ORDINARY = { batchSize: 500, speed: 'max', salt: 'a' } as const;

/** A feed that has told what its fixture has to tell, and what it told. */
export interface PlayedFeed {
  readonly feed: MarketFeed;
  readonly recorder: FeedRecorder;
  readonly clock: ManualClock;
}

/** How the promises that every feed makes are put to the test. */
export interface AnyFeedFixture {
  /** Makes a feed and lets it tell at least 100 trades, and its past, on a clock moved by hand. */
  readonly play: (options: { batchSize: number; salt: string }) => Promise<PlayedFeed>;
}

/** What every feed promises, live or played. Called by the spec of each feed. */
export function describeAnyFeed(name: string, { play }: AnyFeedFixture): void {
  describe(`any feed: ${name}`, () => {
    test('carries symbols, each once, and says what it is', async () => {
      const { feed, recorder } = await play(ORDINARY);
      recorder.close();
      const symbols = feed.symbols.map(({ symbol }) => symbol);
      expect(symbols.length).toBeGreaterThan(1);
      expect(new Set(symbols).size).toBe(symbols.length);
      expect(feed.source).toMatch(/^[a-z]+$/);
    });

    test('tells a state at once, with a reason, and its healthy one by the time it is caught up', async () => {
      const { feed, recorder } = await play(ORDINARY);
      recorder.close();
      expect(recorder.events[0]).toEqual({
        kind: 'status',
        state: expect.stringMatching(/\w+/),
        reason: expect.stringMatching(/\w+/),
      });
      const states = recorder.events.flatMap((event) => (event.kind === 'status' ? [event.state] : []));
      expect(states).toContain(feed.healthyState);
    });

    test('fills batches with legal trades, never beyond their size', async () => {
      const { feed, recorder } = await play({ ...ORDINARY, batchSize: 64 });
      recorder.close();
      expectLegalTrades(feed, recorder, 64);
    });

    test('is caught up once, and told nothing but legal trades', async () => {
      const { recorder } = await play(ORDINARY);
      await settle();
      recorder.close();
      expect(recorder.countOf('caught_up')).toBe(1);
      expect(recorder.error).toBeUndefined();
      expect(recorder.trades).toBeGreaterThan(100);
    });

    test('once closed, tells nothing more and leaves no timer', async () => {
      const { recorder, clock } = await play(ORDINARY);
      recorder.close();
      const told = recorder.events.length;
      expect(clock.pendingTimers).toBe(0);
      await clock.advance(60_000);
      await settle();
      expect(recorder.events).toHaveLength(told);
      expect(clock.pendingTimers).toBe(0);
    });

    test('names its record by what it is and by the settings that change its bars', async () => {
      const keys: string[] = [];
      for (const salt of ['a', 'a', 'b']) {
        const { feed, recorder } = await play({ ...ORDINARY, salt });
        recorder.close();
        expect(feed.recordKey.startsWith(`${feed.source}:`)).toBe(true);
        keys.push(feed.recordKey);
      }
      expect(keys[1]).toBe(keys[0]);
      expect(keys[2]).not.toBe(keys[0]);
    });
  });
}

function expectLegalTrades(feed: MarketFeed, recorder: FeedRecorder, batchSize: number): void {
  const sizes = recorder.events.flatMap((event) => (event.kind === 'trades' ? [event.trades] : []));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(batchSize);
  expect(Math.min(...sizes)).toBeGreaterThan(0);
  const illegal: TradeRow[] = [];
  recorder.forEachTrade((symbolIndex, tsMs, price, size, updates) => {
    const isLegal =
      symbolIndex < feed.symbols.length &&
      Number.isSafeInteger(tsMs) &&
      price > 0 &&
      price < Infinity &&
      size >= 0 &&
      size < Infinity &&
      updates <= 15;
    if (!isLegal) illegal.push([symbolIndex, tsMs, price, size, updates]);
  });
  expect(illegal).toEqual([]);
  expect(recorder.rejected).toEqual([]);
}

/** What every feed promises that can be played again, besides what all do. Called by the spec of each such feed. */
export function describeMarketFeed(name: string, fixture: MarketFeedFixture): void {
  let opened: FeedRecorder[] = [];

  afterEach(() => {
    for (const recorder of opened) recorder.close();
    opened = [];
  });

  function open(feed: MarketFeed, options: Partial<RecorderOptions> = {}): FeedRecorder {
    const clock = options.clock ?? new ManualClock(fixture.openedAtMs);
    const recorder = new FeedRecorder(feed, { recordedUntilMs: fixture.recordedUntilMs, ...options, clock });
    opened.push(recorder);
    return recorder;
  }

  /** Opens a feed at full speed and waits until it has told everything. */
  async function playAll(feed: MarketFeed, options: Partial<RecorderOptions> = {}): Promise<FeedRecorder> {
    const recorder = open(feed, options);
    await until(() => isThrough(recorder));
    return recorder;
  }

  function isThrough(recorder: FeedRecorder): boolean {
    if (fixture.isFinite) return recorder.isComplete;
    return recorder.countOf('clock') === 2;
  }

  describeAnyFeed(name, {
    play: async ({ batchSize, salt }) => {
      const clock = new ManualClock(fixture.openedAtMs);
      const feed = await fixture.make({ batchSize, salt, speed: 'max' });
      return { feed, clock, recorder: await playAll(feed, { clock }) };
    },
  });

  describe(`market feed: ${name}`, () => {
    test('tells its state at once, in its healthy state, with a reason', async () => {
      const feed = await fixture.make(ORDINARY);
      const recorder = open(feed);
      expect(recorder.events[0]).toEqual({
        kind: 'status',
        state: feed.healthyState,
        reason: expect.stringMatching(/\w+/),
      });
    });

    test('gives the same trades twice over, in batches of any size', async () => {
      const first = await playAll(await fixture.make(ORDINARY));
      expect(first.trades).toBeGreaterThan(100);
      for (const batchSize of [37, 8_192]) {
        const again = await playAll(await fixture.make({ ...ORDINARY, batchSize }));
        expect(again.trades).toBe(first.trades);
        expect(again.agreesWith(first)).toBe(true);
      }
    });

    test('is caught up once, and ends as it promises', async () => {
      const recorder = await playAll(await fixture.make(ORDINARY));
      await settle();
      expect(recorder.countOf('caught_up')).toBe(1);
      expect(recorder.error).toBeUndefined();
      expect(recorder.isComplete).toBe(fixture.isFinite);
      expect(recorder.countOf('end')).toBe(fixture.isFinite ? 1 : 0);
      if (fixture.isFinite) expect(recorder.events.at(-1)).toEqual({ kind: 'end' });
    });

    test('waits until the pipeline can take more, and is never more than one batch ahead', async () => {
      const permits: (() => void)[] = [];
      const feed = await fixture.make({ ...ORDINARY, batchSize: 50 });
      const recorder = open(feed, {
        writable: async () => new Promise((resolve) => permits.push(resolve)),
      });
      for (let granted = 0; granted < 5; granted++) {
        await until(() => permits.length > granted);
        await settle();
        expect(permits).toHaveLength(granted + 1);
        expect(recorder.countOf('trades')).toBe(granted);
        permits[granted]?.();
      }
    });

    test('once closed, tells nothing more and leaves no timer', async () => {
      const clock = new ManualClock(fixture.openedAtMs);
      const recorder = open(await fixture.make({ ...ORDINARY, speed: fixture.pace }), { clock });
      await until(() => recorder.has('clock') && clock.pendingTimers > 0);
      recorder.close();
      const told = recorder.events.length;
      expect(clock.pendingTimers).toBe(0);
      await clock.advance(60_000);
      await settle();
      expect(recorder.events).toHaveLength(told);
      expect(clock.pendingTimers).toBe(0);
    });

    test('closed in the middle of its first batch or while waiting, stops there', async () => {
      const feed = await fixture.make({ ...ORDINARY, batchSize: 50 });
      let permit = () => {};
      const waiting = open(feed, { writable: async () => new Promise((resolve) => (permit = resolve)) });
      await settle();
      waiting.close();
      permit();
      const closing: { recorder?: FeedRecorder; isClosed?: boolean } = {};
      closing.recorder = open(feed, {
        onEvent: (event) => {
          if (event.kind !== 'trades') return;
          closing.recorder?.close();
          closing.isClosed = true;
        },
      });
      await until(() => closing.isClosed === true);
      await settle();
      expect(waiting.trades).toBe(0);
      expect(closing.recorder.countOf('trades')).toBeLessThanOrEqual(1);
    });

    test('paced, its clock never goes back, passes no trade that is still to come, and loses none', async () => {
      const whole = await playAll(await fixture.make(ORDINARY));
      const clock = new ManualClock(fixture.openedAtMs);
      const faults: string[] = [];
      const recorder = open(await fixture.make({ ...ORDINARY, speed: fixture.pace }), {
        clock,
        onEvent: clockWatch(faults),
      });
      await until(() => recorder.has('clock') && clock.pendingTimers > 0);
      const before = recorder.trades;
      for (let step = 0; step < 120 && !recorder.isComplete; step++) {
        await clock.advance(500);
        await until(() => recorder.isComplete || clock.pendingTimers > 0);
      }
      expect(faults).toEqual([]);
      expect(recorder.trades - before).toBeGreaterThan(50);
      expect(recorder.trades).toBeLessThanOrEqual(whole.trades);
      expect(recorder.agreesWith(whole)).toBe(true);
    });

    test('goes on after the wall clock was set back', async () => {
      const clock = new ManualClock(fixture.openedAtMs);
      const faults: string[] = [];
      const recorder = open(await fixture.make({ ...ORDINARY, speed: fixture.pace }), {
        clock,
        onEvent: clockWatch(faults),
      });
      await until(() => recorder.has('clock') && clock.pendingTimers > 0);
      clock.setBack(5_000);
      await clock.advance(4_000);
      const before = recorder.trades;
      for (let step = 0; step < 60; step++) {
        await clock.advance(500);
        await until(() => recorder.isComplete || clock.pendingTimers > 0);
      }
      expect(faults).toEqual([]);
      expect(recorder.trades).toBeGreaterThan(before);
    });

    test('names its record by what it plays and by the settings that change its bars', async () => {
      const feed = await fixture.make(ORDINARY);
      const same = await fixture.make({ ...ORDINARY, speed: fixture.pace, batchSize: 7 });
      const other = await fixture.make({ ...ORDINARY, salt: 'b' });
      expect(same.recordKey).toBe(feed.recordKey);
      expect(other.recordKey).not.toBe(feed.recordKey);
      expect(feed.recordKey.startsWith(`${feed.source}:`)).toBe(true);
    });
  });
}

/**
 * Notes where the clock event goes back, lies before a trade already told, or lies behind one that is told later and is
 * the newest of its time then (a late trade may come, the running clock itself may not).
 */
function clockWatch(faults: string[]): (event: FeedEvent) => void {
  let newestTradeMs = -Infinity;
  let clockMs = -Infinity;
  return (event) => {
    if (event.kind === 'clock') {
      if (event.nowMs < clockMs) faults.push(`clock back from ${clockMs} to ${event.nowMs}`);
      if (event.nowMs < newestTradeMs) faults.push(`clock ${event.nowMs} before trade ${newestTradeMs}`);
      clockMs = event.nowMs;
    }
    if (event.kind !== 'trades') return;
    for (const tsMs of event.batch.tsMs.subarray(0, event.batch.length)) {
      // Equal is fine: the clock says that everything before it was told.
      if (tsMs > newestTradeMs) {
        if (tsMs < clockMs) faults.push(`trade ${tsMs} after clock ${clockMs}`);
        newestTradeMs = tsMs;
      }
    }
  };
}

import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../common/manual-clock.js';
import { describeMarketFeed } from './market-feed.suite.js';
import { SimulatorFeed } from './simulator.feed.js';
import { FeedRecorder, until } from './testing/feed-recorder.suite.js';

/** Ten minutes into a Sunday in New York: the day before it, which a record asks for, and the day after are thin. */
const NOW = Date.parse('2026-11-15T05:10:00Z');
const HOUR_MS = 3_600_000;
const SYMBOLS = ['SPY', 'ZZZ', 'BTC-USD'];

function simulator(options: Partial<ConstructorParameters<typeof SimulatorFeed>[0]> = {}): SimulatorFeed {
  return new SimulatorFeed({ seed: 7, speed: 1, symbols: SYMBOLS, salt: 'a', ...options });
}

describeMarketFeed('simulator', {
  make: async (options) => Promise.resolve(simulator(options)),
  openedAtMs: NOW,
  recordedUntilMs: NOW - HOUR_MS,
  isFinite: false,
  pace: 2,
});

/** Plays up to now and `liveMs` further. */
async function playLive(
  feed: SimulatorFeed,
  openedAtMs: number,
  liveMs: number,
  recordedUntilMs: number | null = openedAtMs,
): Promise<FeedRecorder> {
  const clock = new ManualClock(openedAtMs);
  const recorder = new FeedRecorder(feed, { clock, recordedUntilMs });
  await until(() => recorder.has('caught_up') && clock.pendingTimers > 0);
  for (let passedMs = 0; passedMs < liveMs; passedMs += 1_000) {
    await clock.advance(1_000);
    await until(() => clock.pendingTimers > 0);
  }
  recorder.close();
  return recorder;
}

describe('simulator feed', () => {
  test('begins five days back at midnight in New York, then says that it is in real time', async () => {
    const clock = new ManualClock(NOW);
    const recorder = new FeedRecorder(simulator({ symbols: ['SPY'] }), { clock });
    await until(() => recorder.has('caught_up') && clock.pendingTimers > 0);
    recorder.close();
    expect(recorder.reasons).toEqual([
      'simulated: simulated market, seed 7: making the trades since 2026-11-10',
      'simulated: simulated market, seed 7: in real time',
    ]);
    const [first] = recorder.rows(1);
    expect(first?.[1]).toBeGreaterThanOrEqual(Date.parse('2026-11-10T05:00:00Z'));
    expect(first?.[1]).toBeLessThan(Date.parse('2026-11-10T05:00:03Z'));
  });

  test('opened earlier or later, in the middle of a minute, makes the same trades', async () => {
    const early = await playLive(simulator(), NOW - 90_500, 180_000);
    const late = await playLive(simulator(), NOW + 23_456, 60_000);
    expect(Math.min(early.trades, late.trades)).toBeGreaterThan(100_000);
    expect(late.agreesWith(early)).toBe(true);
  });

  test('the first symbol trades at least every three seconds, even on a weekend night', async () => {
    const recorder = await playLive(simulator(), NOW, 120_000);
    let longestMs = 0;
    let newestMs = NaN;
    recorder.forEachTrade((symbolIndex, tsMs) => {
      if (symbolIndex !== 0) return;
      // The first trade has no predecessor: NaN is not above anything.
      if (tsMs - newestMs > longestMs) longestMs = tsMs - newestMs;
      if (!(tsMs <= newestMs)) newestMs = tsMs;
    });
    expect(longestMs).toBeLessThanOrEqual(3_000);
    expect(newestMs).toBeGreaterThan(NOW + 117_000);
  });

  test('a record that ran ahead of the wall clock is continued from its end', async () => {
    const aheadMs = NOW + 5 * HOUR_MS;
    const recorder = await playLive(simulator({ speed: 60 }), NOW, 10_000, aheadMs);
    const clockEvents = recorder.events.flatMap((event) => (event.kind === 'clock' ? [event.nowMs] : []));
    expect(clockEvents[0]).toBe(aheadMs);
    expect(clockEvents.at(-1)).toBe(aheadMs + 60 * 10_000);
  });

  test('an old record is continued at most ten days back', async () => {
    const recorder = await playLive(simulator({ symbols: ['BTC-USD'] }), NOW, 0, NOW - 40 * 24 * HOUR_MS);
    const [first] = recorder.rows(1);
    expect(first?.[1]).toBeGreaterThanOrEqual(Date.parse('2026-11-05T05:00:00Z'));
    expect(first?.[1]).toBeLessThan(Date.parse('2026-11-05T05:00:05Z'));
  });

  test('at full speed plays one more day, then rests and says so', async () => {
    const clock = new ManualClock(NOW);
    const recorder = new FeedRecorder(simulator({ speed: 'max' }), { clock, recordedUntilMs: NOW });
    await until(() => recorder.reasons.length === 3);
    expect(recorder.reasons.at(-1)).toBe(
      'simulated: simulated market, seed 7: the day at full speed is over; nothing more will come',
    );
    expect(recorder.events.findLast(({ kind }) => kind === 'clock')).toEqual({
      kind: 'clock',
      nowMs: NOW + 24 * HOUR_MS,
    });
    expect(clock.pendingTimers).toBe(0);
    expect(recorder.isComplete).toBe(false);
    recorder.close();
  });

  test('another seed or other symbols are another market and another record', async () => {
    const key = simulator().recordKey;
    expect(simulator({ seed: 8 }).recordKey).not.toBe(key);
    expect(simulator({ symbols: ['SPY'] }).recordKey).not.toBe(key);
    const one = await playLive(simulator(), NOW, 0);
    const other = await playLive(simulator({ seed: 8 }), NOW, 0);
    expect(other.rows(50)).not.toEqual(one.rows(50));
  });

  test('carries the default watchlist, and any symbol by name', () => {
    expect(simulator({ symbols: undefined }).symbols.map(({ symbol }) => symbol)).toEqual([
      'SPY',
      'QQQ',
      'AAPL',
      'MSFT',
      'NVDA',
      'TSLA',
    ]);
    expect(simulator().symbols).toEqual([
      expect.objectContaining({ symbol: 'SPY', name: 'SPDR S&P 500 ETF Trust', calendar: 'XNYS' }),
      expect.objectContaining({ symbol: 'ZZZ', name: 'ZZZ', asset_class: 'us_equity', calendar: 'XNYS' }),
      expect.objectContaining({ symbol: 'BTC-USD', asset_class: 'crypto', calendar: '24x7' }),
    ]);
  });
});

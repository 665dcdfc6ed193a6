import { describe, expect, it } from '@jest/globals';
import { Desk } from './testing/desk.suite.js';
import { trade } from './testing/trades.suite.js';
import {
  UPDATES_ALL,
  UPDATES_HIGH_LOW,
  UPDATES_OPEN_CLOSE,
  UPDATES_VOLUME,
  UPDATES_VWAP,
} from './trade-batch.js';

const volumeOnly = { updates: UPDATES_VOLUME };
const highLowOnly = { updates: UPDATES_HIGH_LOW };
const openCloseOnly = { updates: UPDATES_OPEN_CLOSE };
const nothing = { updates: 0 };

describe('a trade that may only add volume', () => {
  it('adds volume and count, and no price', () => {
    const desk = new Desk().take(
      trade('14:30:00', 1, volumeOnly),
      trade('14:30:10', 10),
      trade('14:30:20', 99, volumeOnly),
    );
    expect(desk.finish().bars()).toEqual(['A 14:30 o10 h10 l10 c10 v300 n3']);
    expect(desk.closed[0]?.vw).toBe(10);
  });

  it('alone makes no bar: the minute is counted as one without a price', () => {
    const desk = new Desk().take(trade('14:30:00', 10, volumeOnly), trade('14:31:10', 11)).finish();
    expect(desk.bars()).toEqual(['A 14:31 o11 h11 l11 c11 v100 n1']);
    expect(desk.bars('5m')).toEqual(['A 14:30 o11 h11 l11 c11 v100 n1']);
    expect(desk.pipeline.counters.pricelessMinutes).toBe(1);
  });
});

describe('a trade that may only set high and low', () => {
  it('before the first open widens the range and leaves the open to the next', () => {
    const desk = new Desk().take(
      trade('14:30:00', 15, highLowOnly),
      trade('14:30:01', 5, highLowOnly),
      trade('14:30:02', 10),
      trade('14:30:03', 11),
    );
    expect(desk.finish().bars()).toEqual(['A 14:30 o10 h15 l5 c11 v200 n2']);
  });

  it('after the last close leaves the close', () => {
    const desk = new Desk().take(trade('14:30:00', 10), trade('14:30:01', 20, highLowOnly)).finish();
    expect(desk.bars()).toEqual(['A 14:30 o10 h20 l10 c10 v100 n1']);
  });

  it('alone makes no bar, and with no volume there is nothing to miss', () => {
    const desk = new Desk().take(trade('14:30:00', 10, highLowOnly)).finish();
    expect(desk.closed).toEqual([]);
    expect(desk.pipeline.counters.pricelessMinutes).toBe(0);
  });
});

describe('a trade that may only open and close', () => {
  it('always lies within the range that is told', () => {
    const desk = new Desk().take(trade('14:30:00', 10, openCloseOnly), trade('14:30:01', 12, openCloseOnly));
    expect(desk.finish().bars()).toEqual(['A 14:30 o10 h12 l10 c12 v0 n0']);
    expect(desk.closed[0]?.vw).toBe(12);
  });
});

describe('the volume-weighted price', () => {
  it('weighs prices by size', () => {
    const desk = new Desk().take(trade('14:30:00', 10, { size: 300 }), trade('14:30:01', 14, { size: 100 }));
    desk.finish();
    expect(desk.closed.map((bar) => bar.vw)).toEqual(desk.closed.map(() => 11));
  });

  it('leaves out a doubtful price whose volume counts, and takes a price whose volume does not', () => {
    const desk = new Desk().take(
      trade('14:30:00', 10),
      trade('14:30:01', 99, { updates: UPDATES_ALL & ~UPDATES_VWAP }),
      trade('14:30:02', 20, { updates: UPDATES_VWAP }),
    );
    expect(desk.finish().bars()).toEqual(['A 14:30 o10 h99 l10 c99 v200 n2']);
    expect(desk.closed[0]?.vw).toBe(15);
  });

  it('is the close where nothing counts for it', () => {
    const desk = new Desk().take(trade('14:30:00', 10, { size: 0 }), trade('14:30:01', 11, { size: 0 }));
    expect(desk.finish().bars()).toEqual(['A 14:30 o10 h11 l10 c11 v0 n2']);
    expect(desk.closed[0]?.vw).toBe(11);
  });
});

describe('a trade of size zero', () => {
  it('sets prices and is counted', () => {
    const desk = new Desk().take(trade('14:30:00', 10), trade('14:30:01', 12, { size: 0 })).finish();
    expect(desk.bars()).toEqual(['A 14:30 o10 h12 l10 c12 v100 n2']);
    expect(desk.closed[0]?.vw).toBe(10);
  });
});

describe('a report that updates nothing', () => {
  it('moves the clock alone', () => {
    const desk = new Desk().take(trade('14:30:00', 10), trade('14:31:01', 99, nothing));
    expect(desk.bars()).toEqual(['A 14:30 o10 h10 l10 c10 v100 n1']);
    expect(desk.finish().bars()).toHaveLength(1);
    expect(desk.pipeline.counters.pricelessMinutes).toBe(0);
  });
});

describe('volumes of many decimals', () => {
  it('are summed without noise, in the minute and above it', () => {
    const desk = new Desk().take(
      trade('14:30:00', 10, { size: 0.1 }),
      trade('14:30:01', 10, { size: 0.2 }),
      trade('14:31:01', 10, { size: 0.6 }),
    );
    desk.finish();
    expect(desk.bars()).toEqual(['A 14:30 o10 h10 l10 c10 v0.3 n2', 'A 14:31 o10 h10 l10 c10 v0.6 n1']);
    expect(desk.bars('5m')).toEqual(['A 14:30 o10 h10 l10 c10 v0.9 n3']);
  });

  it('above the minute are the sum of what the minutes say, not of what was rounded away', () => {
    const dust = { size: 0.000000004 };
    const desk = new Desk().take(trade('14:30:00', 10, dust), trade('14:31:00', 10, dust)).finish();
    expect(desk.bars()).toEqual(['A 14:30 o10 h10 l10 c10 v0 n1', 'A 14:31 o10 h10 l10 c10 v0 n1']);
    expect(desk.bars('5m')).toEqual(['A 14:30 o10 h10 l10 c10 v0 n2']);
  });
});

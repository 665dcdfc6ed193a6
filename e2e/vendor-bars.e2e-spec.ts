import { beforeAll, expect, test } from '@jest/globals';
import type { Bar } from '@libs/bars';
import { allBars, untilPlayed } from './kit/bars.js';
import { describeWithData, sharedTrades, vendorBars, type VendorBar } from './kit/shared-data.js';
import { startApp, type RunningApp } from './kit/start-app.js';

/** Minutes that differ because the vendor moves auction prints about, which the desk does not (UTC). */
const AUCTION_MINUTES = ['2013-10-08T13:30', '2013-10-08T19:59', '2013-10-08T20:00'];

describeWithData('bars of real trades, asked for page by page', () => {
  let app: RunningApp;

  beforeAll(async () => {
    const files = ['lean-SPY-2013-10-08', 'freqtrade-XRPETH-2019-10-11'].map(sharedTrades);
    app = await startApp({ FEED: 'file', FEED_FILES: files.join(','), FEED_SPEED: 'max' });
    await untilPlayed(app);
  });

  test('SPY: every minute is the vendor’s, but for those of the auctions', async () => {
    const reference = vendorBars('lean-SPY-2013-10-08-1m');
    const bars = await allBars(app, 'SPY');
    const differing = differences(bars, reference);
    expect(AUCTION_MINUTES).toEqual(expect.arrayContaining(differing));
    expect(differing.length).toBeLessThanOrEqual(4);
    expect(bars.length).toBe(reference.length);
  });

  test.each(['1m', '5m'] as const)('XRPETH %s: every bar is the exchange’s', async (timeframe) => {
    const reference = vendorBars(`freqtrade-XRPETH-2019-10-11-${timeframe}`);
    expect(reference.length).toBeGreaterThan(200);
    expect(differences(await allBars(app, 'XRPETH', timeframe), reference)).toEqual([]);
  });
});

/** Starts (`YYYY-MM-DDTHH:MM`) of bars that only one side has or that are not equal in every price and the volume. */
function differences(bars: readonly Bar[], reference: readonly VendorBar[]): string[] {
  const ours = new Map(bars.map((bar) => [bar.bar_start, bar.ohlcv]));
  const theirs = new Map(reference.map((bar) => [bar.startMs, bar]));
  const starts = [...new Set([...ours.keys(), ...theirs.keys()])].sort((a, b) => a - b);
  const isEqual = (start: number): boolean => {
    const [mine, other] = [ours.get(start), theirs.get(start)];
    if (mine === undefined || other === undefined) return false;
    return (['o', 'h', 'l', 'c', 'v'] as const).every((field) => mine[field] === other[field]);
  };
  return starts.filter((start) => !isEqual(start)).map((start) => new Date(start).toISOString().slice(0, 16));
}

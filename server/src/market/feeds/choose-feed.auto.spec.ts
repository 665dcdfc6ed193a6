import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { WallClock } from '../../common/clock.js';
import { parseEnv } from '../../config/env.schema.js';
import type { ChosenFeed } from '../chosen-feed.js';
import { createFeed } from './choose-feed.js';
import { FakeCoinbase } from './testing/fake-coinbase.suite.js';
import { FakeKraken } from './testing/fake-kraken.suite.js';
import type { FakeServer } from './testing/fake-server.suite.js';
import { FakeTape } from './testing/fake-tape.suite.js';

jest.setTimeout(30_000);

const COINS = ['BTC-USD', 'ETH-USD', 'SOL-USD'];
const NOBODY = 'ws://127.0.0.1:9';

let servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
});

async function started<T extends FakeServer>(server: T): Promise<T> {
  servers.push(server);
  await server.start();
  return server;
}

const coinbase = (): Promise<FakeCoinbase> => started(new FakeCoinbase(new FakeTape(COINS, 1), () => 0));
const kraken = (): Promise<FakeKraken> => started(new FakeKraken(new FakeTape(COINS, 1), () => 0));

/** A server that takes connections and never says a word. */
class Mute extends FakeCoinbase {
  protected override receive(): void {
    // Nothing: that is the point.
  }
}

async function chooseAuto(coinbaseUrl: string, krakenUrl: string): Promise<ChosenFeed> {
  const settings = { FEED: 'auto', COINBASE_WS_URL: coinbaseUrl, KRAKEN_WS_URL: krakenUrl };
  return createFeed(parseEnv(settings), new WallClock());
}

describe('FEED=auto without a key', () => {
  test('takes Coinbase when it answers', async () => {
    const { feed, reason } = await chooseAuto((await coinbase()).wsUrl, (await kraken()).wsUrl);
    expect(feed.source).toBe('coinbase');
    expect(feed.healthyState).toBe('live');
    expect(feed.symbols.map(({ symbol }) => symbol)).toEqual(COINS);
    expect(reason).toBe('FEED=auto: no key is set, and Coinbase answers without one');
  });

  test('takes Kraken where Coinbase is not to be had', async () => {
    const { feed, reason } = await chooseAuto(NOBODY, (await kraken()).wsUrl);
    expect(feed.source).toBe('kraken');
    expect(reason).toBe('FEED=auto: no key is set, and Kraken answers without one');
  });

  test('does not wait three seconds for Coinbase when Kraken has answered', async () => {
    const mute = await started(new Mute(new FakeTape(COINS, 1), () => 0));
    const { feed } = await chooseAuto(mute.wsUrl, (await kraken()).wsUrl);
    expect(feed.source).toBe('kraken');
  });

  test('takes the simulator when nobody answers in time, and says what happened', async () => {
    const mute = await started(new Mute(new FakeTape(COINS, 1), () => 0));
    const blocked = await kraken();
    blocked.upgradeStatus = 451;
    const { feed, reason } = await chooseAuto(mute.wsUrl, blocked.wsUrl);
    expect(feed.source).toBe('simulator');
    expect(reason).toBe(
      'FEED=auto: no key is set and no public feed answers (Coinbase: no answer within 3 s; Kraken: HTTP 451 No), so the trades are made up',
    );
  });

  test('a feed that refuses what is asked for is no answer', async () => {
    const other = await started(new FakeCoinbase(new FakeTape(['LTC-USD'], 1), () => 0));
    const { reason } = await chooseAuto(other.wsUrl, NOBODY);
    expect(reason).toContain(
      'Coinbase refuses the subscription (Failed to subscribe: BTC-USD is not a valid product)',
    );
  });
});

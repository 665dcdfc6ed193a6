import { describe, expect, test } from '@jest/globals';
import type { Bar } from '@libs/bars';
import { setTimeout as delay } from 'node:timers/promises';
import { allBars, untilPlayed } from './kit/bars.js';
import { ResumingClient } from './kit/resuming-client.js';
import { describeWithData, sharedTrades } from './kit/shared-data.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { mulberry32, writeSyntheticDay } from './kit/trade-files.js';

const CLIENTS = 4;

interface Run {
  readonly files: readonly string[];
  readonly symbols: readonly [string, string];
  readonly timeframe: '1m' | '2m';
  /** Speed of the feed in each life of the server, and how long it lives before it is killed; the last one lives on. */
  readonly lives: readonly { readonly speed: number; readonly livesMs: number }[];
}

describe('clients on a bad line to a server that is killed', () => {
  test('synthetic days: every bar once, in order, as in history', async () => {
    const folder = await makeTempDir('cuts');
    const day = { minutes: 700, tradesPerMinute: 3 };
    const files = [
      await writeSyntheticDay(folder, 'ACME', { ...day, seed: 1 }),
      await writeSyntheticDay(folder, 'BOLT', { ...day, seed: 2 }),
    ];
    const lives = [
      { speed: 1_500, livesMs: 4_000 },
      { speed: 3_000, livesMs: 4_500 },
      { speed: 6_000, livesMs: 0 },
    ];
    await expectNothingLost({ files, symbols: ['ACME', 'BOLT'], timeframe: '1m', lives });
  });

  describeWithData('real days', () => {
    test('every bar once, in order, as in history', async () => {
      const files = ['lean-IBM-2013-10-10', 'lean-IBM-2013-10-07', 'lean-BAC-2013-10-08'].map(sharedTrades);
      const lives = [
        { speed: 6_000, livesMs: 3_000 },
        { speed: 100_000, livesMs: 0 },
      ];
      await expectNothingLost({ files, symbols: ['IBM', 'BAC'], timeframe: '2m', lives });
    });
  });
});

async function expectNothingLost({ files, symbols, timeframe, lives }: Run): Promise<void> {
  const speeds = lives.map(({ speed }) => ({ FEED_SPEED: String(speed) }));
  const app = await startApp({
    FEED: 'file',
    FEED_FILES: files.join(','),
    SSE_HEARTBEAT_MS: '250',
    ...speeds[0],
  });
  const path = `/realtime/sse?symbols=${symbols.join(',')}&timeframe=${timeframe}`;
  const clients = Array.from(
    { length: CLIENTS },
    (_, seed) => new ResumingClient({ port: app.port, path, random: mulberry32(seed), mostBytes: 12_000 }),
  );
  for (const [life, { livesMs }] of lives.slice(0, -1).entries()) {
    await delay(livesMs);
    await app.kill9();
    await app.restart(speeds[life + 1]);
  }
  await untilPlayed(app);
  const history = await historyOf(app, symbols, timeframe);
  await Promise.all(
    clients.map((client) =>
      client.finish('the last bars', ({ bars }) =>
        symbols.every((symbol) => newestSeq(bars, symbol) === newestSeq(history, symbol)),
      ),
    ),
  );
  for (const client of clients) {
    expect(client.faults).toEqual([]);
    expect(client.connections).toBeGreaterThan(lives.length + 2);
    expect(client.verdicts.slice(1).filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
    expect(client.epochIds.size).toBe(1);
    for (const symbol of symbols) {
      const received = client.bars.filter((bar) => bar.symbol === symbol);
      const recorded = history.filter((bar) => bar.symbol === symbol);
      // From the first one it was sent to the last: each once, in order, with the chain that history has.
      expect(received.length).toBeGreaterThan(recorded.length / 2);
      expect(received).toEqual(recorded.slice(-received.length));
    }
  }
}

async function historyOf(
  app: RunningApp,
  symbols: readonly string[],
  timeframe: Run['timeframe'],
): Promise<Bar[]> {
  const histories = await Promise.all(symbols.map((symbol) => allBars(app, symbol, timeframe)));
  return histories.flat();
}

function newestSeq(bars: readonly Bar[], symbol: string): number | undefined {
  return bars.findLast((bar) => bar.symbol === symbol)?.seq;
}

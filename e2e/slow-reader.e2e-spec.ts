import { expect, test } from '@jest/globals';
import type { Bar } from '@libs/bars';
import { allBars, untilPlayed, type Diag } from './kit/bars.js';
import { eventually } from './kit/eventually.js';
import { openStream, type SseReader } from './kit/sse-reader.js';
import { startApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

/** So many that what they make in seconds is more than the kernel keeps for a socket nobody reads. */
const SYMBOLS = Array.from(
  { length: 40 },
  (_, index) => `SYM${String.fromCharCode(65 + (index % 26))}${index >= 26 ? 'X' : ''}`,
);
const MINUTES = 800;

test('a client that does not read is cut at its bound and resumes without a gap; others notice nothing', async () => {
  const folder = await makeTempDir('slow-reader');
  for (const [seed, symbol] of SYMBOLS.entries()) {
    await writeSyntheticDay(folder, symbol, { seed, minutes: MINUTES, tradesPerMinute: 1 });
  }
  const app = await startApp({
    FEED: 'file',
    FEED_FILES: `${folder}/*.csv.gz`,
    FEED_SPEED: '4800',
    SSE_BUFFER_CAP: '100',
    STREAM_LOG_CAP: '200000',
  });
  const path = `/realtime/sse?symbols=${SYMBOLS.join(',')}`;
  const [slow, quick] = [openStream({ port: app.port, path }), openStream({ port: app.port, path })];
  const barsOf = (stream: SseReader): readonly Bar[] => stream.of('bar');
  await slow.until('a bar', () => barsOf(slow).length > 0);
  slow.pause();

  const cuts = async (): Promise<number> => {
    const { stream } = await app.json<Diag>('/api/diag');
    return Object.values(stream.cut).reduce((sum, count) => sum + count, 0);
  };
  await eventually(async () => (await cuts()) === 1, {
    what: 'the slow client to be cut',
    timeoutMs: 60_000,
  });
  slow.resume();
  await slow.closed;
  expect([slow.fault, slow.isComplete]).toEqual([null, false]);

  await untilPlayed(app);
  const headers = { 'Last-Event-ID': slow.lastEventId! };
  const resumed = openStream({ port: app.port, path, headers });
  const total = (stream: SseReader): number => barsOf(stream).length;
  await eventually(() => total(slow) + total(resumed) >= total(quick), {
    what: 'the rest',
    timeoutMs: 30_000,
  });
  expect(resumed.of('bootstrap')[0]!.resume).toEqual({ verdict: 'exact' });

  const received = Map.groupBy([...barsOf(slow), ...barsOf(resumed)], ({ symbol }) => symbol);
  const undisturbed = Map.groupBy(barsOf(quick), ({ symbol }) => symbol);
  for (const symbol of SYMBOLS) {
    const history = await allBars(app, symbol);
    for (const bars of [received.get(symbol)!, undisturbed.get(symbol)!]) {
      expect(bars.length).toBeGreaterThan(MINUTES / 2);
      expect(bars).toEqual(history.slice(-bars.length));
    }
  }
  expect(await cuts()).toBe(1);
  expect((await app.json<Diag>('/api/diag')).stream.clients).toBe(2);
});

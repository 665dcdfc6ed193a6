import { expect, test } from '@jest/globals';
import type { Bar } from '@libs/bars';
import type { BootstrapEvent } from '@libs/contract';
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
const MINUTES = 1_200;

test('a client that does not read is cut at its bound and resumes without a gap; others notice nothing', async () => {
  const folder = await makeTempDir('slow-reader');
  for (const [seed, symbol] of SYMBOLS.entries()) {
    await writeSyntheticDay(folder, symbol, { seed, minutes: MINUTES, tradesPerMinute: 1 });
  }
  const app = await startApp({
    FEED: 'file',
    FEED_FILES: `${folder}/*.csv.gz`,
    FEED_SPEED: '2400',
    SSE_BUFFER_CAP: '100',
    STREAM_LOG_CAP: '200000',
  });
  const path = `/realtime/sse?symbols=${SYMBOLS.join(',')}`;
  const [slow, quick] = [openStream({ port: app.port, path }), openStream({ port: app.port, path })];
  const barsOf = (stream: SseReader): Bar[] => stream.of<Bar>('bar');
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
  const histories = new Map<string, Bar[]>();
  for (const symbol of SYMBOLS) histories.set(symbol, await allBars(app, symbol));
  const total = (stream: SseReader): number => stream.events.filter(({ name }) => name === 'bar').length;
  const firstSeqOf = new Map<string, number>();
  for (const { symbol, seq } of [...barsOf(slow)].reverse()) firstSeqOf.set(symbol, seq);
  await eventually(() => total(slow) + total(resumed) >= total(quick), {
    what: 'the rest',
    timeoutMs: 30_000,
  });
  expect(resumed.of<BootstrapEvent>('bootstrap')[0]!.resume).toEqual({ verdict: 'exact' });

  const received = [...barsOf(slow), ...barsOf(resumed)];
  for (const symbol of SYMBOLS) {
    const bars = received.filter((bar) => bar.symbol === symbol);
    const undisturbed = barsOf(quick).filter((bar) => bar.symbol === symbol);
    const history = histories.get(symbol)!;
    expect(bars).toEqual(history.slice(-bars.length));
    expect(undisturbed).toEqual(history.slice(-undisturbed.length));
    expect(bars.length).toBeGreaterThan(MINUTES / 2);
  }
  expect(await cuts()).toBe(1);
  expect((await app.json<Diag>('/api/diag')).stream.clients).toBe(2);
});

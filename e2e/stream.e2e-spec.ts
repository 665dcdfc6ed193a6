import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Bar, Microbar } from '@libs/bars';
import type { BootstrapEvent } from '@libs/contract';
import { allBars, untilPlayed, type Diag } from './kit/bars.js';
import { ask } from './kit/http.js';
import { openStream, type SseReader } from './kit/sse-reader.js';
import { startApp, type RunningApp, type Settings } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

const HEARTBEAT_MS = 400;

const barsOf = (stream: SseReader): readonly Bar[] => stream.of('bar');
const verdictOf = (stream: SseReader): BootstrapEvent['resume'] => stream.of('bootstrap')[0]!.resume;
const namesOf = (stream: SseReader): string[] => stream.events.map(({ name }) => name);

describe('the live stream', () => {
  let app: RunningApp;

  const open = (query: string, headers: Record<string, string> = {}): SseReader =>
    openStream({ port: app.port, path: `/realtime/sse?${query}`, headers });

  beforeAll(async () => {
    const folder = await makeTempDir('stream');
    await writeSyntheticDay(folder, 'ACME', { seed: 1, minutes: 900, tradesPerMinute: 20 });
    await writeSyntheticDay(folder, 'BOLT', { seed: 2, minutes: 900, tradesPerMinute: 20 });
    app = await startApp({
      FEED: 'file',
      FEED_FILES: `${folder}/*.csv.gz`,
      FEED_SPEED: '240',
      MICROBAR_MS: '50',
      SSE_HEARTBEAT_MS: String(HEARTBEAT_MS),
    });
  });

  test('greets with bootstrap, epoch and status, in this order', async () => {
    const stream = open('symbols=acme,BOLT');
    await stream.until('status', ({ events }) => events.length >= 3);
    stream.cut();
    expect(namesOf(stream).slice(0, 3)).toEqual(['bootstrap', 'epoch', 'status']);
    const [bootstrap] = stream.of('bootstrap');
    expect(bootstrap).toMatchObject({
      epoch: { id: expect.any(String), startMs: expect.any(Number) },
      timeframe: '1m',
      server_time: expect.any(Number),
      heartbeat_ms: HEARTBEAT_MS,
      source: 'file',
      resume: { verdict: 'new' },
    });
    expect([...bootstrap!.symbols].sort()).toEqual(['ACME', 'BOLT']);
    const { epoch } = await app.json<Diag>('/api/diag');
    expect(bootstrap!.epoch).toEqual(epoch);
    expect(stream.of('epoch')[0]).toEqual({ ...epoch, reason: expect.any(String) });
    expect(stream.of('status')[0]).toMatchObject({ state: 'replay', source: 'file' });
    expect(stream.retriesMs.length).toBeGreaterThan(0);
    for (const retryMs of stream.retriesMs) {
      expect(retryMs).toBeGreaterThanOrEqual(1_000);
      expect(retryMs).toBeLessThanOrEqual(5_000);
    }
  });

  test('nothing on the way may keep, change or pack it', async () => {
    const stream = open('symbols=ACME', { 'Accept-Encoding': 'gzip, br' });
    await stream.until('bootstrap', ({ events }) => events.length > 0);
    stream.cut();
    const cacheControl = stream.headers.get('cache-control')?.split(/\s*,\s*/);
    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream(;|$)/);
    expect(cacheControl).toEqual(expect.arrayContaining(['no-store', 'no-transform']));
    expect(stream.headers.get('x-accel-buffering')).toBe('no');
    expect(stream.headers.has('content-encoding')).toBe(false);
    expect(stream.headers.has('etag')).toBe(false);
  });

  test('the alias is the same stream', async () => {
    const stream = openStream({ port: app.port, path: '/stream/market?symbols=BOLT&timeframe=2m' });
    await stream.until('a bar', () => barsOf(stream).length > 0);
    stream.cut();
    expect(barsOf(stream)[0]).toMatchObject({ symbol: 'BOLT', timeframe: '2m' });
  });

  test('HEAD is answered with the headers alone and comes to an end', async () => {
    const answer = await ask({ port: app.port, path: '/realtime/sse?symbols=ACME', method: 'HEAD' });
    expect([200, 204, 405]).toContain(answer.status);
    expect(answer.text).toBe('');
    const { stream } = await app.json<Diag>('/api/diag');
    expect(stream.clients).toBeLessThanOrEqual(5);
  });

  describe('some seconds of it', () => {
    let stream: SseReader;

    beforeAll(async () => {
      stream = open('symbols=ACME,BOLT');
      await stream.until('bars and pings', () => {
        return barsOf(stream).length >= 12 && stream.of('ping').length >= 3;
      });
      stream.cut();
      expect(stream.fault).toBeNull();
    });

    test('bars, and nothing else, carry an id, each its own', () => {
      const withId = stream.events.filter(({ id }) => id !== undefined);
      expect(new Set(withId.map(({ name }) => name))).toEqual(new Set(['bar']));
      expect(withId).toHaveLength(barsOf(stream).length);
      expect(new Set(withId.map(({ id }) => id)).size).toBe(withId.length);
    });

    test('bars come in order, each knows the one before it, and they are those of history', async () => {
      for (const symbol of ['ACME', 'BOLT']) {
        const bars = barsOf(stream).filter((bar) => bar.symbol === symbol);
        const history = await allBars(app, symbol);
        const first = history.findIndex(({ seq }) => seq === bars[0]!.seq);
        expect(bars).toEqual(history.slice(first, first + bars.length));
      }
    });

    test('forming bars come, never one that is finalized already', () => {
      const finalized = new Map<string, number>();
      let microbars = 0;
      for (const { name, data } of stream.events) {
        if (name !== 'bar' && name !== 'microbar') continue;
        const { symbol, seq, ohlcv, bar_start, ts } = JSON.parse(data) as Microbar;
        if (name === 'bar') {
          finalized.set(symbol, seq);
          continue;
        }
        microbars++;
        expect(seq).toBeGreaterThan(finalized.get(symbol) ?? 0);
        expect(ohlcv.h).toBeGreaterThanOrEqual(ohlcv.l);
        expect(ts).toBeGreaterThanOrEqual(bar_start);
      }
      expect(microbars).toBeGreaterThan(10);
    });

    test('a ping says when it was sent and what waits', () => {
      const pings = stream.of('ping');
      for (const ping of pings) {
        expect(ping).toEqual({ ts: expect.any(Number), buffered: expect.any(Number), dropped: 0 });
      }
      const gaps = pings.slice(1).map(({ ts }, index) => ts - pings[index]!.ts);
      expect(Math.min(...gaps)).toBeGreaterThan(HEARTBEAT_MS / 2);
    });

    test('single trades are not sent unless they are switched on', () => {
      expect(namesOf(stream)).not.toContain('tick');
    });

    test('the tape comes to who names a symbol for it, without an id, whichever way the switch for ticks stands', async () => {
      const stream = open('symbols=ACME,BOLT&tape=acme');
      await stream.until('tape and bars', (one) => one.of('tape').length > 3 && one.of('bar').length > 3);
      stream.cut();
      expect(stream.fault).toBeNull();
      expect(new Set(stream.of('tape').map(({ symbol }) => symbol))).toEqual(new Set(['ACME']));
      for (const { rows } of stream.of('tape')) {
        expect(rows.length).toBeGreaterThan(0);
        expect(rows.length).toBeLessThanOrEqual(16);
        for (const { n, size, price } of rows) expect(n > 0 && size > 0 && price > 0).toBe(true);
      }
      const withId = stream.events.filter(({ id }) => id !== undefined);
      expect(new Set(withId.map(({ name }) => name))).toEqual(new Set(['bar']));
      const stranger = await ask({ port: app.port, path: '/realtime/sse?symbols=ACME&tape=BOLT' });
      expect(stranger.status).toBe(400);
      expect(stranger.text).toContain('not among the symbols of this stream');
    });

    test('a cursor brings exactly what came after it', async () => {
      const events = stream.events.filter(({ name }) => name === 'bar');
      const [shown, ...missed] = events.slice(-8);
      const resumed = open('symbols=ACME,BOLT', { 'Last-Event-ID': shown!.id! });
      await resumed.until('what was missed', () => barsOf(resumed).length >= missed.length);
      resumed.cut();
      expect(verdictOf(resumed)).toEqual({ verdict: 'exact' });
      expect(namesOf(resumed)).not.toContain('epoch');
      expect(resumed.events.filter(({ name }) => name === 'bar').slice(0, missed.length)).toEqual(missed);
    });

    test('the header wins over an outdated query; the query alone works as well', async () => {
      const ids = stream.events.flatMap(({ id }) => (id === undefined ? [] : [id]));
      const [older, newer] = [ids.at(-7)!, ids.at(-4)!];
      const both = open(`symbols=ACME,BOLT&lastEventId=${older}`, { 'Last-Event-ID': newer });
      const alone = open(`symbols=ACME,BOLT&lastEventId=${older}`);
      await both.until('a bar', () => barsOf(both).length > 0);
      await alone.until('a bar', () => barsOf(alone).length > 0);
      expect(both.lastEventId).toBeDefined();
      const firstIdOf = (reader: SseReader) => reader.events.find(({ id }) => id !== undefined)?.id;
      expect(firstIdOf(both)).toBe(ids.at(-3));
      expect(firstIdOf(alone)).toBe(ids.at(-6));
      both.cut();
      alone.cut();
    });

    test.each(['header', 'lastEventId', 'sinceSeq'])('a bare seq works as %s', async (way) => {
      const acme = barsOf(stream).filter(({ symbol }) => symbol === 'ACME');
      const since = acme.at(-4)!.seq;
      const resumed =
        way === 'header'
          ? open('symbols=ACME', { 'Last-Event-ID': String(since) })
          : open(`symbols=ACME&${way}=${since}`);
      await resumed.until('three bars', () => barsOf(resumed).length >= 3);
      resumed.cut();
      expect(verdictOf(resumed)).toEqual({ verdict: 'exact' });
      expect(barsOf(resumed).slice(0, 3)).toEqual(acme.slice(-3));
    });

    test('of a cursor and a seq the one further on wins', async () => {
      const events = stream.events.filter(({ name }) => name === 'bar');
      const resumed = open(`symbols=ACME,BOLT&sinceSeq=0`, { 'Last-Event-ID': events.at(-2)!.id! });
      await resumed.until('a bar', () => barsOf(resumed).length > 0);
      resumed.cut();
      expect(barsOf(resumed)[0]).toEqual(JSON.parse(events.at(-1)!.data));
    });

    test.each([
      ['garbage', () => 'garbage'],
      ['a cursor of another epoch', () => stream.lastEventId!.replace(/[0-9a-f]{12}/, '0123456789ab')],
      ['a cursor of the future', () => stream.lastEventId!.replace(/\d+$/, '999999999999')],
      ['a seq of the future', () => '999999999999'],
    ])('%s is answered by reset, with the epoch to start from', async (_title, idOf) => {
      const resumed = open('symbols=ACME', { 'Last-Event-ID': idOf() });
      await resumed.until('status', ({ events }) => events.length >= 3);
      resumed.cut();
      expect(verdictOf(resumed)).toEqual({ verdict: 'reset', reason: expect.any(String) });
      expect(namesOf(resumed).slice(0, 3)).toEqual(['bootstrap', 'epoch', 'status']);
    });
  });

  test('SIGTERM ends fifty streams in good order, spreads their return, and the process with code 0', async () => {
    const streams = Array.from({ length: 50 }, () => open('symbols=ACME,BOLT'));
    await Promise.all(streams.map((stream) => stream.until('a bar', () => barsOf(stream).length > 0)));
    const greetings = streams.map(({ retriesMs }) => retriesMs.length);
    const { code, tookMs } = await app.stop();
    await Promise.all(streams.map(({ closed }) => closed));
    expect({ code, inTime: tookMs < 5_000 }).toEqual({ code: 0, inTime: true });
    for (const [index, stream] of streams.entries()) {
      expect([stream.fault, stream.isComplete]).toEqual([null, true]);
      expect(stream.retriesMs).toHaveLength(greetings[index]! + 1);
    }
    expect(new Set(streams.map(({ retriesMs }) => retriesMs.at(-1))).size).toBeGreaterThan(10);
  });
});

describe('a log that holds less than was missed', () => {
  let app: RunningApp;
  let settings: Settings;

  beforeAll(async () => {
    const folder = await makeTempDir('short-log');
    await writeSyntheticDay(folder, 'ACME', { seed: 1, minutes: 1_000 });
    await writeSyntheticDay(folder, 'BOLT', { seed: 2, minutes: 1_000 });
    settings = { FEED: 'file', FEED_FILES: `${folder}/*.csv.gz`, FEED_SPEED: 'max' };
    app = await startApp({ ...settings, STREAM_LOG_CAP: '1000' });
    await untilPlayed(app);
  });

  test.each(['sinceSeq=0', 'cursor'])('%s is answered by partial; history has the rest', async (way) => {
    const { epoch } = await app.json<Diag>('/api/diag');
    const query = way === 'cursor' ? `lastEventId=${epoch.id}-1` : way;
    const stream = openStream({ port: app.port, path: `/realtime/sse?symbols=ACME,BOLT&${query}` });
    const newest = await allBars(app, 'ACME').then((bars) => bars.at(-1)!.seq);
    await stream.until('the newest bars', () => barsOf(stream).filter(({ seq }) => seq >= newest).length > 0);
    await stream.until('a ping or forming bars', ({ events }) => events.at(-1)?.name !== 'bootstrap');
    stream.cut();
    const { verdict, first_available: firstAvailable, reason } = verdictOf(stream);
    expect({ verdict, reason: typeof reason }).toEqual({ verdict: 'partial', reason: 'string' });
    for (const symbol of ['ACME', 'BOLT']) {
      const older = await app.json<Bar[]>(
        `/api/history?symbol=${symbol}&limit=5000&before=${firstAvailable!}`,
      );
      const sent = barsOf(stream).filter((bar) => bar.symbol === symbol && bar.seq >= firstAvailable!);
      const all = await allBars(app, symbol);
      expect([...older, ...sent]).toEqual(all.slice(0, older.length + sent.length));
      expect(all.length - older.length - sent.length).toBeLessThanOrEqual(1);
    }
  });

  test('single trades come where they are switched on, without an id', async () => {
    const paced = await startApp({ ...settings, FEED_SPEED: '600', FF_SSE_TICKS: 'on' });
    const stream = openStream({ port: paced.port, path: '/realtime/sse?symbols=ACME' });
    await stream.until('trades', () => stream.of('tick').length >= 20);
    stream.cut();
    expect(stream.fault).toBeNull();
    expect(stream.events.filter(({ name, id }) => name === 'tick' && id !== undefined)).toEqual([]);
    const ticks = stream.of('tick');
    for (const tick of ticks) {
      expect(tick).toMatchObject({ symbol: 'ACME', ts: expect.any(Number), size: expect.any(Number) });
      expect(tick.price).toBeGreaterThan(0);
    }
    expect(ticks.map(({ ts }) => ts)).toEqual(ticks.map(({ ts }) => ts).sort((a, b) => a - b));
  });
});

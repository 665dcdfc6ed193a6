import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Bar, Timeframe } from '@libs/bars';
import { allBars, digestOf, pagesBefore, pagesSince, untilPlayed } from './kit/bars.js';
import { ALL_TIMEFRAMES, LENGTH_MS, rollUpMinutes } from './kit/roll-up.js';
import { openStream } from './kit/sse-reader.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

const SYMBOLS = ['ACME', 'BOLT'] as const;
const DATES = ['2026-06-01', '2026-06-02', '2026-06-03'];
const SERIES = SYMBOLS.flatMap((symbol) => ALL_TIMEFRAMES.map((timeframe) => ({ symbol, timeframe })));

describe('history of three days of two symbols', () => {
  let app: RunningApp;
  /** The same trades, with room for no more than 100 bars of a series in memory: most answers come from the database. */
  let small: RunningApp;

  beforeAll(async () => {
    const folder = await makeTempDir('history');
    for (const [index, symbol] of SYMBOLS.entries()) {
      for (const [day, date] of DATES.entries()) {
        await writeSyntheticDay(folder, symbol, { seed: 10 * index + day, minutes: 400, date });
      }
    }
    const settings = { FEED: 'file', FEED_FILES: `${folder}/*.csv.gz`, FEED_SPEED: 'max' };
    [app, small] = await Promise.all([
      startApp(settings),
      startApp({ ...settings, RING_BUFFER_CAP: '100', STREAM_LOG_CAP: '1000' }),
    ]);
    await Promise.all([untilPlayed(app), untilPlayed(small)]);
  });

  test.each(SERIES)(
    '$symbol $timeframe has sound bars in an unbroken chain',
    async ({ symbol, timeframe }) => {
      const bars = await allBars(app, symbol, timeframe);
      expect(bars.length).toBeGreaterThanOrEqual(DATES.length);
      expect(bars.map((bar) => bar.prev_seq)).toEqual([null, ...bars.slice(0, -1).map((bar) => bar.seq)]);
      expect(bars.filter((bar) => !isSound(bar, { symbol, timeframe }))).toEqual([]);
    },
  );

  test.each(SERIES.filter(({ timeframe }) => timeframe !== '1m'))(
    '$symbol $timeframe equals the roll-up of its minutes',
    async ({ symbol, timeframe }) => {
      const rolledUp = rollUpMinutes(await allBars(app, symbol, '1m'), timeframe);
      const bars = await allBars(app, symbol, timeframe);
      const comparable = ({ seq, prev_seq, bar_start, bar_end, n, ohlcv }: (typeof rolledUp)[number]) => ({
        ...{ seq, prev_seq, bar_start, bar_end, n, ohlcv },
      });
      expect(bars.map(comparable)).toEqual(rolledUp.map(comparable));
      bars.forEach((bar, index) => {
        expect(Math.abs(bar.vw / rolledUp[index]!.vw - 1)).toBeLessThan(1e-9);
      });
    },
  );

  test('limit=2 gives exactly two bars, the newest, oldest first', async () => {
    const all = await allBars(app, 'ACME');
    expect(await app.json<Bar[]>('/api/history?symbol=ACME&timeframe=1m&limit=2')).toEqual(all.slice(-2));
  });

  test('without a limit 300 bars of one minute are given', async () => {
    const all = await allBars(app, 'ACME');
    expect(await app.json<Bar[]>('/api/history?symbol=ACME')).toEqual(all.slice(-300));
  });

  test.each(['acme', 'Acme', 'aCmE'])('the symbol may be written %s', async (symbol) => {
    const bars = await app.json<Bar[]>(`/api/history?symbol=${symbol}&limit=2`);
    expect(bars.map((bar) => bar.symbol)).toEqual(['ACME', 'ACME']);
  });

  test.each([1, 7, 300, 5_000])(
    'pages of %i bars, forward and backward, cover each bar once',
    async (limit) => {
      const [symbol, timeframe]: [string, Timeframe] = limit === 1 ? ['BOLT', '30m'] : ['BOLT', '1m'];
      const all = await allBars(app, symbol, timeframe);
      expect(await pagesSince(app, symbol, timeframe, limit)).toEqual(all);
      expect(await pagesBefore(app, symbol, timeframe, limit)).toEqual(all);
    },
  );

  test('sinceSeq and before bound the same answer, both exclusive', async () => {
    const all = await allBars(app, 'ACME');
    const [first, last] = [all[10]!.seq, all[20]!.seq];
    const bars = await app.json<Bar[]>(`/api/history?symbol=ACME&sinceSeq=${first}&before=${last}`);
    expect(bars).toEqual(all.slice(11, 20));
  });

  test('past either end there is an empty array', async () => {
    const all = await allBars(app, 'ACME');
    expect(await app.json(`/api/history?symbol=ACME&sinceSeq=${all.at(-1)!.seq}`)).toEqual([]);
    expect(await app.json(`/api/history?symbol=ACME&before=${all[0]!.seq}`)).toEqual([]);
  });

  test.each(SERIES)('$symbol $timeframe: the digest is that of the bars', async ({ symbol, timeframe }) => {
    const bars = await allBars(app, symbol, timeframe);
    const [first, last] = [bars[0]!.seq, bars.at(-1)!.seq];
    const query = `symbol=${symbol}&timeframe=${timeframe}`;
    const expected = { count: bars.length, first_seq: first, last_seq: last, sha256: digestOf(bars) };
    expect(await app.json(`/api/history/digest?${query}&from=${first}&to=${last}`)).toEqual(expected);
    expect(await small.json(`/api/history/digest?${query}&from=0&to=${last + 5}`)).toEqual(expected);
  });

  test('the digest takes both ends of the range and tells of an empty one', async () => {
    const bars = (await allBars(app, 'ACME')).slice(5, 9);
    const range = (from: number, to: number) => `/api/history/digest?symbol=ACME&from=${from}&to=${to}`;
    expect(await app.json(range(bars[0]!.seq, bars[3]!.seq))).toEqual({
      count: 4,
      first_seq: bars[0]!.seq,
      last_seq: bars[3]!.seq,
      sha256: digestOf(bars),
    });
    expect(await app.json(range(1, 2))).toEqual({
      count: 0,
      first_seq: null,
      last_seq: null,
      sha256: digestOf([]),
    });
  });

  test.each(SERIES)('$symbol $timeframe: memory and database give the same bytes', async (series) => {
    const { symbol, timeframe } = series;
    const all = await allBars(app, symbol, timeframe);
    const middle = all[Math.floor(all.length / 2)]!.seq;
    for (const range of [
      'limit=5000',
      `limit=250`,
      `limit=50&before=${middle}`,
      `limit=150&sinceSeq=${middle}`,
    ]) {
      const query = `/api/history?symbol=${symbol}&timeframe=${timeframe}&${range}`;
      expect((await small.get(query)).text).toBe((await app.get(query)).text);
    }
  });

  test.each(['1m', '5m', '1d'] as const)(
    'a %s bar is the same bytes in history and on the stream',
    async (timeframe) => {
      const history = await app.get(`/api/history?symbol=ACME&timeframe=${timeframe}&limit=5000`);
      const count = (JSON.parse(history.text) as Bar[]).length;
      const stream = openStream({
        port: app.port,
        path: `/realtime/sse?symbols=ACME&timeframe=${timeframe}&sinceSeq=0`,
      });
      const frames = () => stream.events.filter(({ name }) => name === 'bar');
      await stream.until('all bars', () => frames().length >= count);
      stream.cut();
      expect(stream.fault).toBeNull();
      expect(
        `[${frames()
          .map(({ data }) => data)
          .join(',')}]`,
      ).toBe(history.text);
    },
  );

  test('the same question asked many times at once has one answer', async () => {
    const query = '/api/history?symbol=BOLT&timeframe=1m&limit=5000';
    const answers = await Promise.all(Array.from({ length: 20 }, () => small.get(query)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((JSON.parse(answers[0]!.text) as Bar[]).length).toBe((await allBars(app, 'BOLT')).length);
  });

  test('the quote is the last trade, under both of its names', async () => {
    const last = (await allBars(app, 'ACME')).at(-1)!;
    const quote = await app.json<Record<string, unknown>>('/api/quote?symbol=acme');
    expect(quote).toMatchObject({ symbol: 'ACME', price: last.ohlcv.c, source: 'file', session: 'regular' });
    expect(quote['ts']).toBeGreaterThanOrEqual(last.bar_start);
    expect(quote['ts']).toBeLessThan(last.bar_end);
    // It grows older between two questions.
    const older = await app.json<Record<string, number>>('/tools/quote?symbol=ACME');
    expect(older).toEqual({ ...quote, age: expect.any(Number) });
    expect(older['age']).toBeGreaterThanOrEqual(Number(quote['age']));
  });

  test('the symbols of the files are listed', async () => {
    const symbols = await app.json<{ symbol: string }[]>('/api/symbols');
    expect(symbols.map(({ symbol }) => symbol)).toEqual([...SYMBOLS]);
  });
});

/** Whether a bar is what it should be, whatever the trades were. */
function isSound(bar: Bar, { symbol, timeframe }: { symbol: string; timeframe: Timeframe }): boolean {
  const { o, h, l, c, v } = bar.ohlcv;
  const lengthMs = LENGTH_MS[timeframe];
  return (
    bar.symbol === symbol &&
    bar.timeframe === timeframe &&
    bar.rev === 0 &&
    bar.seq === Math.floor(bar.bar_start / lengthMs) &&
    bar.bar_end === bar.bar_start + lengthMs &&
    Math.max(o, c) <= h &&
    Math.min(o, c) >= l &&
    v > 0 &&
    bar.n > 0 &&
    bar.vw >= l * (1 - 1e-9) &&
    bar.vw <= h * (1 + 1e-9)
  );
}

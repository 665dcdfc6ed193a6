import { beforeAll, describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { ManualClock } from '../../common/manual-clock.js';
import { FileFeed, type FileFeedOptions } from './file.feed.js';
import { describeMarketFeed } from './market-feed.suite.js';
import { FeedRecorder, until } from './testing/feed-recorder.suite.js';
import { dayRows, HEADER, makeFolder, writePacked, writeTradeFile } from './testing/trade-files.suite.js';
import type { TradeFileName } from './trade-file/trade-file-name.js';
import { inspectTradeFiles } from './trade-file/trade-file-set.js';

const MONDAY = Date.parse('2026-06-01T13:30:00Z');
const TUESDAY = Date.parse('2026-06-02T13:30:00Z');
const NOW = Date.parse('2026-06-20T10:00:00Z');

let folder: string;
let names: TradeFileName[];

beforeAll(async () => {
  folder = await makeFolder();
  const write = async (name: string, rows: string[]) =>
    writeTradeFile(folder, name, `${[HEADER, ...rows].join('\n')}\n`);
  names = [
    await write('spotlight-AAA-2026-06-01.csv.gz', dayRows(1, MONDAY, 900)),
    await write('spotlight-AAA-2026-06-02.csv.gz', dayRows(2, TUESDAY, 700)),
    await write('spotlight-BBB-2026-06-01.csv.gz', dayRows(3, MONDAY + 30_000, 400)),
    await write('spotlight-CCC-2026-06-02.csv.gz', dayRows(4, TUESDAY, 50)),
  ];
});

async function fileFeed(
  files: readonly TradeFileName[],
  options: Partial<Omit<FileFeedOptions, 'files'>> = {},
): Promise<FileFeed> {
  return new FileFeed({ files: await inspectTradeFiles(files), speed: 'max', salt: 'a', ...options });
}

async function play(feed: FileFeed): Promise<FeedRecorder> {
  const recorder = new FeedRecorder(feed, { clock: new ManualClock(NOW) });
  await until(() => recorder.isComplete);
  return recorder;
}

describeMarketFeed('file', {
  make: async (options) => fileFeed(names, options),
  openedAtMs: NOW,
  recordedUntilMs: null,
  isFinite: true,
  pace: 10,
});

describe('file feed', () => {
  test('plays every row, those of a symbol in file order, its days in turn', async () => {
    const recorder = await play(await fileFeed([...names].reverse()));
    expect(recorder.trades).toBe(900 + 700 + 400 + 50);
    const expected = [...dayRows(1, MONDAY, 900), ...dayRows(2, TUESDAY, 700)];
    const played = recorder.rows().filter(([symbolIndex]) => symbolIndex === 0);
    expect(played.map(([, tsMs, price, size]) => `${tsMs},${price.toFixed(2)},${size},X,,0`)).toEqual(
      expected,
    );
  });

  test('starts at the beginning whatever is on record', async () => {
    const feed = await fileFeed(names);
    const again = new FeedRecorder(feed, { clock: new ManualClock(NOW), recordedUntilMs: TUESDAY });
    await until(() => again.isComplete);
    expect(again.trades).toBe(900 + 700 + 400 + 50);
  });

  test('says what it plays, and at its end that all was played', async () => {
    const recorder = await play(await fileFeed(names.slice(0, 2)));
    expect(recorder.reasons).toEqual([
      'replay: AAA 2026-06-01 to 2026-06-02 from files at full speed',
      'replay: AAA 2026-06-01 to 2026-06-02 from files: all 1,600 trades have been played',
    ]);
    const paced = new FeedRecorder(await fileFeed(names.slice(0, 1), { speed: 60 }), {
      clock: new ManualClock(NOW),
    });
    paced.close();
    expect(paced.reasons).toEqual(['replay: AAA 2026-06-01 from file at 60 times real time']);
  });

  test('paced, runs the clock of the data at its multiple of real time', async () => {
    const clock = new ManualClock(NOW);
    const recorder = new FeedRecorder(await fileFeed(names.slice(0, 1), { speed: 60 }), { clock });
    await until(() => clock.pendingTimers > 0);
    await clock.advance(4_980);
    await until(() => clock.pendingTimers > 0);
    await clock.advance(20);
    await until(() => clock.pendingTimers > 0);
    const clockEvents = recorder.events.flatMap((event) => (event.kind === 'clock' ? [event.nowMs] : []));
    const [firstMs] = recorder.rows(1).map(([, tsMs]) => tsMs);
    expect(clockEvents.at(-1)).toBe((firstMs ?? NaN) + 5_000 * 60);
    recorder.close();
  });

  test('paced, plays what is on record at full speed and goes on from there at its pace', async () => {
    const clock = new ManualClock(NOW);
    const recordedUntilMs = MONDAY + 600_000;
    const feed = await fileFeed(names.slice(0, 1), { speed: 60 });
    const recorder = new FeedRecorder(feed, { clock, recordedUntilMs });
    await until(() => clock.pendingTimers > 0);
    const clockTimes = () =>
      recorder.events.flatMap((event) => (event.kind === 'clock' ? [event.nowMs] : []));
    expect(clockTimes()).toEqual([recordedUntilMs]);
    const rows = dayRows(1, MONDAY, 900).map((row) => Number(row.split(',')[0]));
    expect(recorder.trades).toBe(rows.filter((tsMs) => tsMs <= recordedUntilMs).length);
    await clock.advance(20);
    await until(() => clock.pendingTimers > 0);
    expect(clockTimes()).toEqual([recordedUntilMs, recordedUntilMs + 20 * 60]);
    recorder.close();
  });

  test('paced, skips the night between two days and says so', async () => {
    const clock = new ManualClock(NOW);
    const recorder = new FeedRecorder(await fileFeed(names.slice(0, 2), { speed: 30 }), { clock });
    for (let step = 0; step < 400 && !recorder.isComplete; step++) {
      await until(() => recorder.isComplete || clock.pendingTimers > 0);
      await clock.advance(500);
    }
    expect(recorder.isComplete).toBe(true);
    expect(recorder.trades).toBe(1_600);
    expect(recorder.reasons).toContain(
      'replay: AAA 2026-06-01 to 2026-06-02 from files at 30 times real time, skipped 24 h without a trade',
    );
  });

  test('another content, name or setting is another record; another folder is not', async () => {
    const key = async (files: readonly TradeFileName[]) => (await fileFeed(files)).recordKey;
    const elsewhere = await makeFolder();
    const text = (seed: number) => `${[HEADER, ...dayRows(seed, MONDAY, 900)].join('\n')}\n`;
    const [original] = names;
    const copy = await writeTradeFile(elsewhere, 'spotlight-AAA-2026-06-01.csv.gz', text(1));
    expect(await key([copy])).toBe(await key([original as TradeFileName]));
    const changed = await writeTradeFile(elsewhere, 'spotlight-AAA-2026-06-01.csv.gz', text(9));
    expect(await key([changed])).not.toBe(await key([original as TradeFileName]));
    const renamed = await writeTradeFile(elsewhere, 'spotlight-AAB-2026-06-01.csv.gz', text(1));
    expect(await key([renamed])).not.toBe(await key([original as TradeFileName]));
    expect(await key(names)).toBe(await key([...names].reverse()));
  });

  test('a truncated day is left out as a whole, the others are played', async () => {
    const whole = gzipSync(`${[HEADER, ...dayRows(5, TUESDAY, 500)].join('\n')}\n`);
    const cut = await writePacked(
      folder,
      'spotlight-BBB-2026-06-02.csv.gz',
      whole.subarray(0, whole.length - 20),
    );
    const recorder = await play(await fileFeed([...names, cut]));
    expect(recorder.trades).toBe(900 + 700 + 400 + 50);
    const fault =
      'spotlight-BBB-2026-06-02.csv.gz is left out: it is truncated: the gzip data ends in the middle';
    expect(recorder.reasons.at(-1)).toContain(fault);
    expect(recorder.rejected).toEqual([
      'malformed spotlight-BBB-2026-06-02.csv.gz: it is truncated: the gzip data ends in the middle',
    ]);
  });

  test('without any usable file it is down and says why', async () => {
    const broken = await writePacked(folder, 'spotlight-DDD-2026-06-01.csv.gz', Buffer.from('ts_ms,price'));
    const missing = { ...broken, path: `${broken.path}.gone`, symbol: 'EEE' };
    const recorder = await play(await fileFeed([broken, missing]));
    expect(recorder.trades).toBe(0);
    expect(recorder.reasons.at(-1)).toBe(
      'down: DDD, EEE 2026-06-01 from files: there is no trade to play; ' +
        'spotlight-DDD-2026-06-01.csv.gz is left out: it is not a gzip file; ' +
        'spotlight-DDD-2026-06-01.csv.gz.gone is left out: the file cannot be read (ENOENT)',
    );
  });

  test('counts refused rows with their place, keeps the rest', async () => {
    const rows = dayRows(6, MONDAY, 100);
    rows[10] = `${MONDAY},-5,100,X,,0`;
    rows[20] = `${MONDAY},abc,100,X,,0`;
    const name = await writeTradeFile(
      folder,
      'spotlight-FFF-2026-06-01.csv.gz',
      [HEADER, ...rows].join('\n'),
    );
    const recorder = await play(await fileFeed([name]));
    expect(recorder.trades).toBe(98);
    expect(recorder.rejected).toEqual([
      'bad_price spotlight-FFF-2026-06-01.csv.gz:12: price "-5" is not a number above 0 and up to 1e12',
      'bad_price spotlight-FFF-2026-06-01.csv.gz:22: price "abc" is not a number above 0 and up to 1e12',
    ]);
  });

  test('tells of sale conditions it does not know', async () => {
    const text = `${HEADER}\n${MONDAY},10.5,100,X,14 99,0\n${MONDAY},10.6,100,X,99,0\n`;
    const name = await writeTradeFile(folder, 'massive-GGG-2026-06-01.csv.gz', text);
    const recorder = await play(await fileFeed([name]));
    expect(recorder.reasons.at(-1)).toContain('has unknown sale conditions, taken as volume only: 99 (2)');
    expect(recorder.rows().map(([, , , , updates]) => updates)).toEqual([4, 4]);
  });

  test('describes its symbols without reading whole files', async () => {
    const crypto = await writeTradeFile(
      folder,
      'coinbase-XRP-ETH-2026-06-01.csv.gz',
      `${HEADER}\n${MONDAY},0.00141342,23,X,m,0\n${MONDAY},0.0014,23,X,m,0\n`,
    );
    const future = await writeTradeFile(
      folder,
      'lean-GCZ2026-2026-06-01.csv.gz',
      `${HEADER}\n${MONDAY},1313.7,1,usa,,0\n`,
    );
    const { symbols } = await fileFeed([crypto, future, ...names.slice(0, 1)]);
    expect(symbols).toEqual([
      { symbol: 'AAA', name: 'AAA', asset_class: 'us_equity', calendar: 'XNYS', price_decimals: 2 },
      { symbol: 'GCZ2026', name: 'GCZ2026', asset_class: 'future', calendar: 'XNYS', price_decimals: 1 },
      { symbol: 'XRP-ETH', name: 'XRP-ETH', asset_class: 'crypto', calendar: '24x7', price_decimals: 8 },
    ]);
  });
});

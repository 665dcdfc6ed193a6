import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../common/manual-clock.js';
import { parseEnv, type Env } from '../../config/env.schema.js';
import { UsersAndSessions1795000000002 } from '../../persistence/migrations/1795000000002-users-and-sessions.js';
import { CoachTranscripts1796000000007 } from '../../persistence/migrations/1796000000007-coach-transcripts.js';
import { openTables, type Tables } from '../testing/tables.suite.js';
import { TranscriptBook, type NewLine } from './transcript-book.js';

const NOW_MS = Date.UTC(2026, 10, 19, 15, 43);
const DAY_MS = 86_400_000;
const ME = 1;
const OTHER = 2;

describe('what was said, in a database', () => {
  let tables: Tables;
  let clock: ManualClock;

  beforeAll(async () => {
    tables = await openTables([new UsersAndSessions1795000000002(), new CoachTranscripts1796000000007()]);
    await tables.query(`INSERT INTO users (id, name) OVERRIDING SYSTEM VALUE VALUES (${OTHER}, 'another')`);
  });

  afterAll(() => tables.close());

  beforeEach(async () => {
    await tables.query('DELETE FROM coach_line');
    clock = new ManualClock(NOW_MS);
  });

  const bookWith = (settings: Partial<Env> = {}): TranscriptBook =>
    new TranscriptBook(tables.dataSource, clock, { ...parseEnv({}), ...settings });

  const line = (text: string, saidMs = NOW_MS, more: Partial<NewLine> = {}): NewLine => ({
    conversation: 'conv_1',
    who: 'trader',
    text,
    symbol: 'ACME',
    timeframe: '1m',
    atMs: saidMs,
    saidMs,
    ...more,
  });

  test('comes back as it was written, newest first, page by page', async () => {
    const book = bookWith();
    for (let at = 0; at < 5; at++) await book.add(ME, line(`line ${at}`, NOW_MS + at));
    const first = await book.find(ME, { limit: 2 });
    expect(first).toMatchObject({ lines: [{ text: 'line 4' }, { text: 'line 3' }], more: true });
    expect(first.lines[0]).toEqual({
      id: expect.any(Number),
      conversation: 'conv_1',
      who: 'trader',
      text: 'line 4',
      symbol: 'ACME',
      timeframe: '1m',
      at: NOW_MS + 4,
      said_at: NOW_MS + 4,
    });
    const rest = await book.find(ME, { before: first.lines[1]?.id, limit: 10 });
    expect(rest).toMatchObject({
      lines: [{ text: 'line 2' }, { text: 'line 1' }, { text: 'line 0' }],
      more: false,
    });
  });

  test('is found by words in any case and by symbol; wildcards are letters', async () => {
    const book = bookWith();
    await book.add(ME, line('Where is VWAP?'));
    await book.add(ME, line('up 100% a_b \\ today', NOW_MS + 1, { symbol: 'BOLT' }));
    const found = async (q: string): Promise<number> => (await book.find(ME, { q, limit: 10 })).lines.length;
    expect(await found('vwap')).toBe(1);
    expect(await found('bolt')).toBe(1);
    expect(await found('%')).toBe(1);
    expect(await found('a_b \\')).toBe(1);
    expect(await found('axb')).toBe(0);
    expect(await found("'; DROP TABLE coach_line; --")).toBe(0);
    expect(await found('')).toBe(2);
  });

  test('is found by the moment on the desk and by symbol', async () => {
    const book = bookWith();
    for (const [text, symbol, atMs] of [
      ['before', 'ACME', 1_000],
      ['then', 'ACME', 2_000],
      ['of another', 'BOLT', 2_500],
      ['after', 'ACME', 3_000],
    ] as const)
      await book.add(ME, line(text, NOW_MS + atMs, { symbol, atMs }));
    const found = async (search: object): Promise<string[]> =>
      (await book.find(ME, { limit: 10, ...search })).lines.map(({ text }) => text);
    expect(await found({ from: 2_000, to: 3_000 })).toEqual(['of another', 'then']);
    expect(await found({ symbol: 'ACME', from: 2_000 })).toEqual(['after', 'then']);
    expect(await found({ symbol: 'ACME', to: 2_000 })).toEqual(['before']);
  });

  test('is one’s own alone, to read, to shorten and to delete', async () => {
    const book = bookWith();
    const mine = await book.add(ME, line('mine'));
    await book.add(OTHER, line('theirs'));
    await book.shorten(OTHER, mine, 'changed');
    expect((await book.find(ME, { limit: 10 })).lines.map(({ text }) => text)).toEqual(['mine']);
    await book.removeAll(OTHER);
    expect((await book.find(ME, { limit: 10 })).lines).toHaveLength(1);
    await book.removeAll(ME);
    expect((await book.find(ME, { limit: 10 })).lines).toEqual([]);
  });

  test('of an answer of which less was heard, less is left; of nothing, nothing', async () => {
    const book = bookWith();
    const id = await book.add(ME, line('ACME is at 652.84. VWAP is 650.91.'));
    await book.shorten(ME, id, 'ACME is');
    expect((await book.find(ME, { limit: 10 })).lines[0]?.text).toBe('ACME is');
    await book.shorten(ME, id, '');
    expect((await book.find(ME, { limit: 10 })).lines).toEqual([]);
  });

  test('is let go after its days', async () => {
    const book = bookWith({ COACH_TRANSCRIPT_DAYS: 2 });
    await book.add(ME, line('old'));
    await clock.advance(3 * DAY_MS);
    await book.add(ME, line('new', clock.nowMs()));
    expect((await book.find(ME, { limit: 10 })).lines.map(({ text }) => text)).toEqual(['new']);
    await tables.query(`UPDATE coach_line SET words = 'still there' WHERE words = 'old'`);
    book.onModuleInit();
    while ((await tables.query(`SELECT 1 FROM coach_line WHERE words = 'still there'`)).length > 0)
      await clock.advance(0);
    book.onModuleDestroy();
    expect(clock.pendingTimers).toBe(0);
  });

  test('takes no more room than it may, and the newest stay', async () => {
    const book = bookWith({ COACH_TRANSCRIPT_LINES: 100 });
    await book.add(OTHER, line('theirs', NOW_MS - 1));
    for (let at = 0; at < 249; at++) await book.add(ME, line(`line ${at}`, NOW_MS + at));
    const { lines } = await book.find(ME, { limit: 200 });
    expect(lines.length).toBeLessThanOrEqual(150);
    expect(lines[0]?.text).toBe('line 248');
    expect((await book.find(OTHER, { limit: 10 })).lines).toHaveLength(1);
  });

  test('takes texts no database likes', async () => {
    const book = bookWith();
    await book.add(ME, line(`a\0b${String.fromCharCode(0xd800)}c${'x'.repeat(20_000)}`));
    const [kept] = (await book.find(ME, { limit: 1 })).lines;
    expect(kept?.text.slice(0, 4)).toBe('ab\ufffdc');
    expect(kept?.text.length).toBeLessThan(10_000);
  });
});

import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TranscriptLine, Transcripts } from '@libs/contract';
import { untilPlayed } from './kit/bars.js';
import { eventually } from './kit/eventually.js';
import { ask } from './kit/http.js';
import { expectProblem } from './kit/problem.js';
import { runServerCommand } from './kit/server-command.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';
import { hangUp, openVoice, type VoiceClient } from './kit/voice-client.js';

describe('what was said to the coach and by it', () => {
  let app: RunningApp;
  let feed: Record<string, string>;

  beforeAll(async () => {
    const folder = await makeTempDir('transcripts');
    const file = await writeSyntheticDay(folder, 'ACME', { seed: 5, minutes: 60 });
    feed = { FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max' };
    app = await startApp(feed);
    await untilPlayed(app);
  });

  afterEach(hangUp);

  const kept = (query = ''): Promise<Transcripts> => app.json<Transcripts>(`/api/coach/transcripts${query}`);
  /** What is kept once so many lines are, newest first. */
  const untilKept = (count: number): Promise<readonly TranscriptLine[]> =>
    eventually(
      async () => {
        const { lines } = await kept();
        return lines.length === count && lines;
      },
      { what: `${count} lines` },
    );
  const greeted = async (): Promise<VoiceClient> => {
    const client = await openVoice(app.port);
    await client.until('session.created');
    return client;
  };

  test('is kept with the moment on the chart, found again, and is there after a restart', async () => {
    const client = await greeted();
    client.send({ type: 'spotlight.chart', symbol: 'ACME', timeframe: '5m' });
    const answer = await client.turn('what is the price');
    await client.turn('when does the market close');
    const lines = await untilKept(4);
    expect(lines.map(({ who, symbol, timeframe }) => [who, symbol, timeframe])).toEqual([
      ['coach', 'ACME', '5m'],
      ['trader', 'ACME', '5m'],
      ['coach', 'ACME', '5m'],
      ['trader', 'ACME', '5m'],
    ]);
    expect(lines[2]).toMatchObject({ text: answer });
    // The desk's own time is that of the recorded day.
    const newest = (await app.json<{ bar_end: number }[]>('/api/history?symbol=ACME&limit=1'))[0]!;
    for (const { at, said_at } of lines) {
      expect(Math.abs(at - newest.bar_end)).toBeLessThan(3_600_000);
      expect(Math.abs(said_at - Date.now())).toBeLessThan(600_000);
    }
    expect((await kept('?q=MARKET%20close')).lines.map(({ text }) => text)).toEqual([
      'when does the market close',
    ]);
    const page = await kept('?limit=1');
    expect(page.more).toBe(true);
    expect((await kept(`?limit=10&before=${page.lines[0]!.id}`)).lines).toEqual(lines.slice(1));
    await app.stop();
    await app.start();
    expect((await kept()).lines).toEqual(lines);
  });

  test('an answer that was interrupted ends where the client fell silent', async () => {
    const before = (await kept()).lines.length;
    const client = await greeted();
    client.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'last 5 bars of ACME' }] },
    });
    client.send({ type: 'response.create', response: { output_modalities: ['audio'] } });
    const { item_id: id } = await client.until('response.output_audio.delta', 8);
    client.send({ type: 'conversation.item.truncate', item_id: id, content_index: 0, audio_end_ms: 400 });
    client.send({ type: 'response.cancel' });
    const done = (await client.until('response.done')) as unknown as {
      response: { output: { content: { transcript: string }[] }[] };
    };
    const heard = done.response.output[0]!.content[0]!.transcript;
    const [first] = await untilKept(before + 2);
    expect(first).toMatchObject({ who: 'coach', text: heard });
    const said = client.all('response.output_audio_transcript.delta').map(({ delta }) => delta);
    expect(said.join('').startsWith(heard)).toBe(true);
    expect(heard.length).toBeLessThan(said.join('').length / 2);
  });

  test('goes along in a backup, and comes back from it', async () => {
    const { lines } = await kept();
    const folder = await makeTempDir('transcripts-backup');
    const file = `${folder}/desk.backup.gz`;
    await app.stop();
    expect((await runServerCommand('backup/backup', { DATA_DIR: app.dataDir }, [file])).code).toBe(0);
    const home = `${folder}/restored`;
    expect((await runServerCommand('backup/restore', { DATA_DIR: home }, [file])).code).toBe(0);
    await app.start();
    const back = await startApp(feed, { dataDir: home, isFirstStart: true });
    expect((await back.json<Transcripts>('/api/coach/transcripts')).lines).toEqual(lines);
    await back.stop();
  });

  test('a query that is none is refused field by field', async () => {
    for (const [query, field] of [
      ['limit=0', 'limit'],
      ['limit=1000', 'limit'],
      ['before=x', 'before'],
      [`q=${'x'.repeat(201)}`, 'q'],
    ] as const) {
      const answer = await ask({ port: app.port, path: `/api/coach/transcripts?${query}` });
      expect(JSON.stringify(expectProblem(answer, 400).errors)).toContain(field);
    }
  });

  test('"delete all" leaves nothing, and what is said next is kept again', async () => {
    const { status } = await fetch(`${app.url}/api/coach/transcripts`, { method: 'DELETE' });
    expect(status).toBe(204);
    expect(await kept()).toEqual({ lines: [], more: false });
    const client = await greeted();
    await client.turn('price of ACME');
    await untilKept(2);
  });

  test('COACH_TRANSCRIPT_DAYS=0 keeps nothing', async () => {
    const silent = await startApp({ ...feed, COACH_TRANSCRIPT_DAYS: '0' });
    await untilPlayed(silent);
    const client = await openVoice(silent.port);
    await client.until('session.created');
    await client.turn('price of ACME');
    hangUp();
    expect(await silent.json('/api/coach/transcripts')).toEqual({ lines: [], more: false });
    await silent.stop();
  });
});

import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession } from '@openai/agents-realtime';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { FakeOpenAi } from '../server/src/voice/testing/fake-openai.suite.js';
import { untilPlayed } from './kit/bars.js';
import { onCleanup } from './kit/cleanup.js';
import { eventually } from './kit/eventually.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';
import { voiceToken } from './kit/voice-client.js';

type AnyEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

/** OpenAI's own package, as it is; it speaks TLS only, so it is given a plain connection to this machine. */
async function openAiClient(app: RunningApp): Promise<{ socket: OpenAIRealtimeWS; events: AnyEvent[] }> {
  const api = new OpenAI({ apiKey: await voiceToken(app.port), baseURL: `https://127.0.0.1:${app.port}/v1` });
  const socket = new OpenAIRealtimeWS(
    { model: 'gpt-realtime', options: { createConnection: () => connect(app.port, '127.0.0.1') } },
    api,
  );
  const events: AnyEvent[] = [];
  socket.on('event', (event) => events.push(event as unknown as AnyEvent));
  socket.on('error', (fault) => events.push({ type: 'fault', message: fault.message }));
  onCleanup(() => {
    socket.close();
    return Promise.resolve();
  });
  await eventually(() => events.some(({ type }) => type === 'session.created'), { what: 'the session' });
  return { socket, events };
}

const sounds = (events: readonly AnyEvent[]): number =>
  events.filter(({ type }) => type === 'response.output_audio.delta').length;
const endings = (events: readonly AnyEvent[]): AnyEvent[] =>
  events.filter(({ type }) => type === 'response.done');

describe.each(['local', 'openai'] as const)('clients as they are, with the %s coach', (coach) => {
  let app: RunningApp;
  let price: string;

  beforeAll(async () => {
    const file = await writeSyntheticDay(await makeTempDir('clients'), 'ACME', { seed: 5, minutes: 60 });
    const feed = { FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max' };
    if (coach === 'local') app = await startApp(feed);
    else {
      const fake = await FakeOpenAi.start();
      onCleanup(() => fake.stop());
      app = await startApp({ ...feed, OPENAI_API_KEY: 'test-key', OPENAI_REALTIME_URL: fake.url });
    }
    await untilPlayed(app);
    price = (await app.json<{ price: number }>('/api/quote?symbol=ACME')).price.toFixed(2);
  });

  afterEach(async () => {
    await eventually(
      async () => (await app.json<{ voice: { connections: number } }>('/api/diag')).voice.connections === 0,
      { what: 'free places' },
    );
  });

  test("OpenAI's package: text, sound out of a tool's result, interruption", async () => {
    const { socket, events } = await openAiClient(app);
    const ask = (modality: 'audio' | 'text'): void => {
      socket.send({
        type: 'conversation.item.create',
        item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'price of ACME' }] },
      });
      socket.send({ type: 'response.create', response: { output_modalities: [modality] } });
    };
    const untilDone = (count: number): Promise<unknown> =>
      eventually(() => endings(events).length === count, { what: `${count} answers` });
    ask('text');
    await untilDone(1);
    expect(JSON.stringify(endings(events)[0])).toContain(price);
    expect(sounds(events)).toBe(0);
    ask('audio');
    await untilDone(2);
    expect(JSON.stringify(endings(events)[1])).toContain(price);
    expect(sounds(events)).toBeGreaterThan(0);
    const heard = sounds(events);
    const begun = events.filter(({ type }) => type === 'response.created').length;
    ask('audio');
    await eventually(() => events.filter(({ type }) => type === 'response.created').length > begun, {
      what: 'the third answer',
    });
    socket.send({ type: 'response.cancel' });
    await untilDone(3);
    const silent = sounds(events);
    expect(silent - heard).toBeLessThan(40);
    ask('text');
    await untilDone(4);
    expect(sounds(events)).toBe(silent);
    expect(events.filter(({ type }) => type === 'fault')).toEqual([]);
    socket.close();
  });

  test("OpenAI's agents package: sound, interruption, and the next answer", async () => {
    const transport = new OpenAIRealtimeWebSocket({ url: `ws://127.0.0.1:${app.port}/ws/realtime` });
    const session = new RealtimeSession(new RealtimeAgent({ name: 'desk', instructions: 'stay brief' }), {
      transport,
    });
    onCleanup(() => {
      session.close();
      return Promise.resolve();
    });
    session.on('error', () => undefined);
    const words: string[] = [];
    let bytes = 0;
    let turns = 0;
    transport.on('audio', ({ data }) => {
      bytes += data.byteLength;
    });
    transport.on('audio_transcript_delta', ({ delta }) => words.push(delta));
    transport.on('turn_done', () => {
      turns++;
    });
    await session.connect({ apiKey: await voiceToken(app.port) });
    session.sendMessage('price of ACME');
    await eventually(() => turns === 1, { what: 'the answer' });
    expect(words.join('')).toContain(price);
    expect(bytes).toBeGreaterThan(0);
    session.sendMessage('price of ACME');
    const before = bytes;
    await eventually(() => bytes > before || turns === 2, { what: 'sound' });
    session.interrupt();
    await eventually(() => turns === 2, { what: 'the end of the second answer' });
    session.sendMessage('price of ACME');
    await eventually(() => turns === 3, { what: 'the third answer' });
    session.close();
  });
});

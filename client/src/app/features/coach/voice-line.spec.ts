import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { MOST_TRIES } from './retry-delay';
import { VoiceLine, type LineState, type VoiceEvent, type VoiceSocket } from './voice-line';

/** A server that answers as the test says. */
class ScriptedSocket implements VoiceSocket {
  readonly sent: { type: string }[] = [];
  readyState: VoiceSocket['readyState'] = 1;
  bufferedAmount = 0;
  onmessage: VoiceSocket['onmessage'] = null;
  onclose: VoiceSocket['onclose'] = null;
  isClosed = false;

  send(frame: string): void {
    this.sent.push(JSON.parse(frame) as { type: string });
  }

  close(): void {
    this.isClosed = true;
  }

  tell(event: VoiceEvent): void {
    this.onmessage?.call(this as unknown as WebSocket, { data: JSON.stringify(event) } as MessageEvent);
  }

  end(reason = ''): void {
    this.onclose?.call(this as unknown as WebSocket, { code: 1000, reason } as CloseEvent);
  }
}

let sockets: ScriptedSocket[];
let states: LineState[];
let events: VoiceEvent[];
let line: VoiceLine;
/** Whether the server is away. */
let isAway: boolean;
let dials: number;

const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(0);
const last = (): ScriptedSocket => sockets.at(-1)!;
const kinds = (): string[] => states.map(({ kind }) => kind);

beforeEach(() => {
  jest.useFakeTimers();
  [sockets, states, events, isAway, dials] = [[], [], [], false, 0];
  line = new VoiceLine(
    { onEvent: (event) => events.push(event), onState: (state) => states.push(state) },
    () => {
      dials++;
      if (isAway) return Promise.reject(new Error('away'));
      const socket = new ScriptedSocket();
      sockets.push(socket);
      return Promise.resolve(socket);
    },
  );
});

afterEach(() => {
  line.destroy();
  jest.useRealTimers();
});

async function open(): Promise<void> {
  line.open();
  await settle();
  last().tell({ type: 'session.created' });
}

describe('the line to the coach', () => {
  test('is open once the coach has said so', async () => {
    line.open();
    await settle();
    expect(line.send({ type: 'response.create' })).toBe(false);
    last().tell({ type: 'session.created' });
    expect(kinds()).toEqual(['opening', 'open']);
    expect(line.send({ type: 'response.create' })).toBe(true);
    expect(last().sent).toEqual([{ type: 'response.create' }]);
  });

  test('lost, it is called again, and the next loss counts anew', async () => {
    await open();
    for (let loss = 0; loss < 3; loss++) {
      last().end();
      expect(states.at(-1)).toMatchObject({ kind: 'waiting', attempt: 1 });
      await jest.advanceTimersByTimeAsync(1_000);
      last().tell({ type: 'session.created' });
      expect(states.at(-1)).toEqual({ kind: 'open' });
    }
  });

  test('ten tries, then it is the trader’s to say', async () => {
    await open();
    isAway = true;
    last().end();
    await jest.advanceTimersByTimeAsync(10 * 30_000);
    expect(dials).toBe(1 + MOST_TRIES);
    expect(states.at(-1)).toEqual({ kind: 'failed' });
    isAway = false;
    line.open();
    await settle();
    last().tell({ type: 'session.created' });
    expect(states.at(-1)).toEqual({ kind: 'open' });
  });

  test('the network back, it is called at once, with ten new tries', async () => {
    await open();
    isAway = true;
    dispatchEvent(new Event('offline'));
    expect(last().isClosed).toBe(true);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(states.at(-1)?.kind).toBe('waiting');
    isAway = false;
    dispatchEvent(new Event('online'));
    await settle();
    last().tell({ type: 'session.created' });
    expect(states.at(-1)).toEqual({ kind: 'open' });
  });

  test.each(['session_idle', 'session_expired', 'session_over'])('after %s it sleeps', async (reason) => {
    await open();
    last().end(reason);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(states.at(-1)).toEqual({ kind: 'asleep' });
    expect(dials).toBe(1);
  });

  test('a coach that is refused is not called again by itself', async () => {
    await open();
    last().end('coach_gone');
    await jest.advanceTimersByTimeAsync(60_000);
    expect(states.at(-1)).toEqual({ kind: 'failed' });
    expect(dials).toBe(1);
  });

  test('a server that opens and says nothing is given up', async () => {
    line.open();
    await settle();
    await jest.advanceTimersByTimeAsync(15_000);
    expect(last().isClosed).toBe(true);
    expect(states.at(-1)?.kind).toBe('waiting');
  });

  test('hung up while it was being dialled, it stays so', async () => {
    line.open();
    line.close();
    await settle();
    expect(last().isClosed).toBe(true);
    last().tell({ type: 'session.created' });
    expect(events).toEqual([]);
    expect(kinds()).toEqual(['opening', 'asleep']);
  });

  test('sound that piles up is dropped, words are not', async () => {
    await open();
    last().bufferedAmount = 1_000_000;
    expect(line.send({ type: 'input_audio_buffer.append', audio: 'AAAA' })).toBe(false);
    expect(line.send({ type: 'response.cancel' })).toBe(true);
  });

  test('what is no event is passed over', async () => {
    await open();
    const before = events.length;
    for (const data of ['no json', '[]', 'null', '1'])
      last().onmessage?.call({} as WebSocket, { data } as MessageEvent);
    expect(events.length - before).toBe(0);
  });
});

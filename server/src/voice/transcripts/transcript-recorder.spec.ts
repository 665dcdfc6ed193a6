import { describe, expect, test } from '@jest/globals';
import type { Coach } from '../coach-link.port.js';
import { localDesk, type LocalDesk } from '../testing/local-desk.suite.js';
import { Talk } from '../testing/talk.suite.js';
import type { NewLine } from './transcript-book.js';
import { TranscriptRecorder } from './transcript-recorder.js';

/** A book in memory. */
class Pages {
  readonly lines = new Map<number, NewLine>();
  isAway = false;
  private next = 1;

  add(_ownerId: number, line: NewLine): Promise<number> {
    if (this.isAway) return Promise.reject(new Error('away'));
    this.lines.set(this.next, line);
    return Promise.resolve(this.next++);
  }

  shorten(_ownerId: number, id: number, text: string): Promise<void> {
    const line = this.lines.get(id);
    if (line === undefined) throw new Error(`no line ${id}`);
    if (text === '') this.lines.delete(id);
    else this.lines.set(id, { ...line, text });
    return Promise.resolve();
  }

  said(): string[] {
    return [...this.lines.values()].map(({ who, text }) => `${who}: ${text}`);
  }
}

interface Stage {
  readonly desk: LocalDesk;
  readonly pages: Pages;
  readonly talk: Talk;
  readonly recorder: TranscriptRecorder;
}

/** The local coach, whose conversation is written down. */
function stage(speechMs = 3_000): Stage {
  const desk = localDesk({ speechMs });
  const { clock } = desk;
  const pages = new Pages();
  const brain = { symbolIn: (text: string) => (text.includes('ACME') ? 'ACME' : null) };
  const recorder = new TranscriptRecorder(
    { book: pages, clock, time: { nowMs: () => clock.nowMs() - 1 }, brain },
    1,
  );
  const recorded: Coach = {
    name: 'local',
    open: (listener, caller) => {
      const link = desk.coach.open(
        {
          ...listener,
          onEvent: (event) => {
            recorder.server(event);
            listener.onEvent(event);
          },
        },
        caller,
      );
      return {
        send: (event) => {
          recorder.client(event);
          link.send(event);
        },
        close: () => {
          link.close();
        },
      };
    },
  };
  return { desk, pages, recorder, talk: new Talk(recorded, () => clock.advance(50)) };
}

const itemOf = (talk: Talk): string => String(talk.last('response.output_audio.delta')?.['item_id']);

describe('the transcript', () => {
  test('has both sides in order, with symbol, chart and moment', async () => {
    const { pages, talk, recorder, desk } = stage();
    talk.send({ type: 'spotlight.chart', symbol: 'BOLT', timeframe: '5m' });
    talk.ask('help me', 'text');
    await talk.until('response.done');
    await talk.turn('price of ACME');
    await desk.clock.advance(10_000);
    await recorder.end();
    const lines = [...pages.lines.values()];
    expect(lines.map(({ who, symbol }) => [who, symbol])).toEqual([
      ['trader', 'BOLT'],
      ['coach', 'BOLT'],
      ['trader', 'ACME'],
      ['coach', 'ACME'],
    ]);
    expect(lines[3]).toMatchObject({ text: expect.stringContaining('652.84'), timeframe: '5m' });
    for (const { atMs, saidMs } of lines) expect(atMs).toBe(saidMs - 1);
    expect(new Set(lines.map(({ conversation }) => conversation)).size).toBe(1);
  });

  test('what was interrupted ends where the client fell silent', async () => {
    const { pages, talk, recorder } = stage();
    talk.ask('price of ACME');
    await talk.until('response.output_audio.delta', 12);
    const whole = String(talk.last('response.output_audio_transcript.delta')?.['delta']);
    talk.send({
      type: 'conversation.item.truncate',
      item_id: itemOf(talk),
      content_index: 0,
      audio_end_ms: 600,
    });
    talk.send({ type: 'response.cancel' });
    await talk.until('response.done');
    await recorder.end();
    const [, heard = ''] = pages.said();
    const text = heard.replace('coach: ', '');
    expect(whole.startsWith(`${text} `)).toBe(true);
    expect(text).not.toBe('');
    // The coach's own memory of it says the same.
    expect(talk.transcript()).toBe(text);
  });

  test('truncated after its end, the line is shortened; at nothing, it was never said', async () => {
    const { pages, talk, recorder, desk } = stage();
    await talk.turn('price of ACME');
    const cut = (ms: number): void => {
      talk.send({
        type: 'conversation.item.truncate',
        item_id: itemOf(talk),
        content_index: 0,
        audio_end_ms: ms,
      });
    };
    cut(900);
    await desk.clock.advance(0);
    expect(pages.said()).toHaveLength(2);
    expect(pages.said()[1]).not.toContain('652.84 ');
    cut(0);
    await desk.clock.advance(0);
    await recorder.end();
    expect(pages.said()).toEqual(['trader: price of ACME']);
  });

  test('a client that is lost heard no more than could be played', async () => {
    const { pages, talk, recorder } = stage(6_000);
    talk.ask('price of ACME');
    await talk.until('response.output_audio.delta', 16);
    const whole = String(talk.last('response.output_audio_transcript.delta')?.['delta']);
    talk.link.close();
    await recorder.end();
    const text = (pages.said()[1] ?? '').replace('coach: ', '');
    expect(whole.startsWith(text)).toBe(true);
    expect(text.length).toBeLessThan(whole.length);
  });

  test('what the trader said aloud stands there as it was recognised', async () => {
    const { pages, recorder } = stage();
    recorder.server({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: 'item_1',
      transcript: ' price of ACME ',
    });
    recorder.server({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: 'item_2',
      transcript: '',
    });
    await recorder.end();
    expect(pages.said()).toEqual(['trader: price of ACME']);
  });

  test('holds no sound', async () => {
    const { pages, talk, recorder } = stage();
    talk.hear('speech');
    await talk.turn('price of ACME');
    await recorder.end();
    for (const line of pages.lines.values()) expect(JSON.stringify(line).length).toBeLessThan(1_000);
  });

  test('a book that is away stops nobody, and what comes after is written', async () => {
    const { pages, talk, recorder } = stage();
    pages.isAway = true;
    await talk.turn('price of ACME');
    pages.isAway = false;
    talk.send({
      type: 'conversation.item.truncate',
      item_id: itemOf(talk),
      content_index: 0,
      audio_end_ms: 900,
    });
    await talk.turn('help');
    await recorder.end();
    expect(pages.said()[0]).toBe('trader: help');
  });
});

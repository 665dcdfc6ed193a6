import { describe, expect, test } from '@jest/globals';
import { localDesk } from '../testing/local-desk.suite.js';
import { coachSuite } from '../testing/coach.suite.js';

coachSuite('local', () => localDesk());

describe('the local coach', () => {
  test('a cough ends nothing, speech does, and the answer stops at once', async () => {
    const desk = localDesk({ speechMs: 20_000 });
    const talk = desk.open();
    talk.ask('price of ACME');
    await talk.until('response.output_audio.delta');
    talk.hear('cough');
    expect(talk.types()).not.toContain('input_audio_buffer.speech_started');
    talk.hear('speech');
    const { response: cut } = talk.all('response.done')[0] as unknown as { response: { id: string } };
    expect(cut).toMatchObject({ status: 'cancelled', status_details: { reason: 'turn_detected' } });
    const over = talk.events.findIndex(({ type }) => type === 'response.done');
    await desk.clock.advance(30_000);
    const late = talk.events.slice(over + 1).filter(({ response_id: id }) => id === cut.id);
    expect(late).toEqual([]);
  });

  test('no more speech is sent ahead than an interruption may waste', async () => {
    const desk = localDesk({ speechMs: 20_000 });
    const talk = desk.open();
    talk.ask('price of ACME');
    await talk.until('response.output_audio.delta');
    await desk.clock.advance(0);
    expect(talk.audioMs()).toBeLessThanOrEqual(1_700);
    await desk.clock.advance(5_000);
    expect(talk.audioMs()).toBeGreaterThan(5_000);
    expect(talk.audioMs()).toBeLessThanOrEqual(6_800);
  });

  test('nothing is done before the trader agrees, and then once', async () => {
    const desk = localDesk();
    const talk = desk.open();
    await talk.turn('tell me when ACME crosses above 653.50');
    const proposal = talk.last('spotlight.proposal') as unknown as { id: string; question: string };
    expect(proposal.question).toBe('Tell you when ACME closes above 653.5?');
    expect(desk.done).toEqual([]);
    await talk.turn('yes');
    await talk.turn('yes');
    expect(desk.done).toEqual([{ symbol: 'ACME', side: 'above', level: 653.5, timeframe: '1m' }]);
    expect(talk.transcript()).toBe('There is nothing to agree to.');
  });

  test('a click is a yes; one on another question is none', async () => {
    const desk = localDesk();
    const talk = desk.open();
    await talk.turn('alert me if ACME falls below VWAP');
    const { id } = talk.last('spotlight.proposal') as unknown as { id: string };
    talk.link.send({ type: 'spotlight.confirm', id: 'confirm_other', accept: true });
    await talk.untilDone();
    expect(desk.done).toEqual([]);
    talk.link.send({ type: 'spotlight.confirm', id, accept: true });
    await talk.untilDone();
    expect(desk.done).toHaveLength(1);
  });

  test('every figure it says is cited at its place in the transcript', async () => {
    const talk = localDesk().open();
    await talk.turn('price of ACME');
    const text = talk.transcript();
    const citations = talk.all('spotlight.citation') as unknown as {
      start: number;
      end: number;
      text: string;
    }[];
    expect(citations.map(({ start, end }) => text.slice(start, end))).toEqual(
      citations.map((one) => one.text),
    );
    expect(citations[0]).toMatchObject({
      text: '652.84',
      source: { kind: 'quote', symbol: 'ACME' },
      stale: false,
    });
  });

  test('an old price is not quoted', async () => {
    const desk = localDesk({ ageMs: 95_000 });
    const talk = desk.open();
    await talk.turn('price of ACME');
    expect(talk.transcript()).toBe('Prices of ACME are 95 s old, so I quote none.');
  });

  test('a voice that fails leaves the words', async () => {
    const talk = localDesk({ isMute: true }).open();
    await talk.turn('price of ACME');
    expect(talk.transcript()).toContain('652.84');
    expect(talk.last('response.done')).toMatchObject({ response: { status: 'completed' } });
  });

  test('a question whose answer was stopped before its first word is no part of the next one', async () => {
    const talk = localDesk().open();
    talk.ask('price of ACME');
    talk.send({ type: 'response.cancel' });
    await talk.turn('what can you do?', 'text');
    expect(talk.transcript()).toMatch(/^Ask for a price/);
  });

  test('what was proposed to nobody cannot be agreed to', async () => {
    const { open, done } = localDesk();
    const talk = open();
    talk.ask('tell me when ACME crosses above 700');
    talk.send({ type: 'response.cancel' });
    await talk.turn('yes', 'text');
    expect(talk.all('spotlight.proposal')).toEqual([]);
    expect(talk.transcript()).toBe('There is nothing to agree to.');
    expect(done).toEqual([]);
  });
});

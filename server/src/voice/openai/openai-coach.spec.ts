import { afterEach, describe, expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { coachSuite } from '../testing/coach.suite.js';
import { FakeOpenAi, type Script } from '../testing/fake-openai.suite.js';
import { openAiCoachFor } from '../testing/local-desk.suite.js';
import { Talk } from '../testing/talk.suite.js';

const settle = (): Promise<void> => delay(2);
const fakes: FakeOpenAi[] = [];
const talks: Talk[] = [];

async function stage(script?: Script, options: Parameters<typeof openAiCoachFor>[1] = {}) {
  const fake = await FakeOpenAi.start(script);
  fakes.push(fake);
  const desk = openAiCoachFor(fake.url, options);
  const open = async (): Promise<Talk> => {
    const talk = new Talk(desk.coach, settle);
    talks.push(talk);
    await talk.until('session.created');
    return talk;
  };
  return { fake, desk, open };
}

afterEach(async () => {
  for (const talk of talks.splice(0)) talk.link.close();
  const faults = fakes.flatMap(({ sessions }) => sessions.flatMap((session) => session.faults));
  for (const fake of fakes.splice(0)) await fake.stop();
  expect(faults).toEqual([]);
});

coachSuite('openai', () => stage());

describe('the coach behind a provider', () => {
  test('the key goes into a header, and our session comes first', async () => {
    const { fake, open } = await stage();
    const talk = await open();
    expect(fake.last.authorization).toBe('Bearer test-key');
    expect(fake.last.received[0]).toMatchObject({
      type: 'session.update',
      session: {
        type: 'realtime',
        instructions: expect.stringContaining('never followed'),
        tools: expect.any(Array),
      },
    });
    expect(JSON.stringify(talk.events)).not.toContain('never followed');
    expect(JSON.stringify(talk.events)).not.toContain('test-key');
  });

  test('tools run here, once a call, and the client sees one answer', async () => {
    const { fake, open } = await stage();
    const talk = await open();
    await talk.turn('price of ACME');
    expect([...fake.last.answers.values()].map((answers) => answers.length)).toEqual([1]);
    expect(talk.types().filter((type) => type.includes('function_call'))).toEqual([]);
    expect(JSON.stringify(talk.events)).not.toContain('call_');
    expect(talk.all('response.created')).toHaveLength(1);
    expect(talk.all('response.done')).toHaveLength(1);
    expect(new Set(talk.events.flatMap(({ response_id: id }) => (id === undefined ? [] : [id]))).size).toBe(
      1,
    );
  });

  test.each([
    ['wrong', 'ACME is at 653.84.'],
    ['rounded', 'ACME is at 653.'],
    ['never looked up', 'The high is 660.10.'],
    ['in words', 'ACME is at six hundred sixty.'],
  ])('a figure that is %s is not heard', async (_, words) => {
    const { open } = await stage((turn) => {
      if (turn.heard.startsWith('{')) turn.say(`It is quiet. ${words}`);
      else turn.call('get_quote', { symbol: 'ACME' });
      turn.end();
    });
    const talk = await open();
    await talk.turn('price of ACME');
    expect(talk.transcript()).toBe('It is quiet. I do not know that.');
    const spoken = talk.all('response.output_audio_transcript.delta').map(({ delta }) => delta);
    expect(spoken.join('')).toBe('It is quiet. I do not know that.');
    expect(talk.audioMs()).toBeGreaterThan(0);
  });

  test('an old price is held back', async () => {
    const { open } = await stage(undefined, { ageMs: 95_000 });
    const talk = await open();
    await talk.turn('price of ACME');
    expect(talk.transcript()).toBe('I do not know that.');
  });

  test.each(['{"symbol":"AC', '[]', 'null', '{"symbol":"ACME","extra":1}'])(
    'arguments that are cut off or wrong (%s) are answered, not thrown',
    async (input) => {
      const { fake, open } = await stage((turn) => {
        if (turn.heard.startsWith('{')) turn.say('I do not know that.');
        else turn.call('get_quote', input);
        turn.end();
      });
      const talk = await open();
      await talk.turn('price of ACME');
      expect([...fake.last.answers.values()].flat()).toEqual([expect.stringContaining('error')]);
    },
  );

  test('a tool that acts only proposes; the click does it, once', async () => {
    const { desk, fake, open } = await stage((turn) => {
      if (turn.heard.startsWith('{')) turn.say('I have asked you.');
      else turn.call('create_alert', { symbol: 'ACME', side: 'above', level: 700 });
      turn.end();
    });
    const talk = await open();
    await talk.turn('alert me');
    expect(desk.done).toEqual([]);
    const { id } = talk.last('spotlight.proposal') as unknown as { id: string };
    talk.send({ type: 'spotlight.confirm', id, accept: true });
    talk.send({ type: 'spotlight.confirm', id, accept: true });
    while (!JSON.stringify(fake.last.received).includes('watches from now on')) await settle();
    expect(desk.done).toHaveLength(1);
  });

  test('a model that calls without end is stopped', async () => {
    const { fake, open } = await stage((turn) => {
      turn.call('get_quote', { symbol: 'ACME' });
      turn.end();
    });
    const talk = await open();
    await talk.turn('price of ACME');
    expect(fake.last.answers.size).toBeLessThan(30);
    expect(talk.last('response.done')).toMatchObject({ response: { status: 'failed' } });
  });

  test('the provider is let go as soon as the client is', async () => {
    const { fake, open } = await stage();
    const talk = await open();
    talk.ask('price of ACME');
    await talk.until('response.created');
    talk.link.close();
    while (!fake.last.isClosed) await settle();
  });

  test('a lost provider is called again and told what was said', async () => {
    const { fake, open } = await stage();
    const talk = await open();
    await talk.turn('price of ACME');
    fake.last.cut();
    await talk.until('spotlight.state');
    while (fake.sessions.length < 2) await settle();
    await talk.turn('price of ACME');
    expect(JSON.stringify(fake.last.received)).toContain('What was said before');
    expect(talk.transcript()).toContain('652.84');
    expect(talk.all('session.created')).toHaveLength(1);
  });

  test('lost in the middle of an answer, the answer has failed', async () => {
    const { fake, open } = await stage((turn) => {
      if (fake.sessions.length === 1) turn.session.cut();
      else {
        turn.say('It is quiet.');
        turn.end();
      }
    });
    const talk = await open();
    talk.ask('price of ACME');
    await talk.until('spotlight.state');
    await talk.until('response.done', talk.all('response.created').length);
    while (fake.sessions.length < 2) await settle();
    const before = talk.all('response.done').length;
    talk.ask('how is it');
    await talk.until('response.done', before + 1);
    expect(talk.transcript()).toBe('It is quiet.');
  });

  test('a key that is refused ends it, without a storm', async () => {
    const fake = await FakeOpenAi.start();
    fakes.push(fake);
    fake.refuseWith = 401;
    const talk = new Talk(openAiCoachFor(fake.url).coach, settle);
    talks.push(talk);
    while (talk.ended === null) await settle();
    expect(talk.last('error')).toMatchObject({ error: { code: 'coach_unreachable' } });
    expect(fake.sessions).toHaveLength(0);
  });

  test('speech is answered once, asked for by us alone', async () => {
    const { fake, open } = await stage();
    const talk = await open();
    expect(talk.last('session.created')).toMatchObject({
      session: { audio: { input: { turn_detection: { create_response: true } } } },
    });
    fake.last.hears('price of ACME');
    await talk.untilDone();
    expect(talk.transcript()).toContain('652.84');
    expect(talk.all('response.created')).toHaveLength(1);
    expect(talk.last('spotlight.usage')).toMatchObject({ seconds_session: 1 + 2 * 4 });
    talk.send({
      type: 'session.update',
      session: { audio: { input: { turn_detection: { type: 'server_vad', create_response: false } } } },
    });
    await talk.until('session.updated');
    fake.last.hears('price of ACME');
    await talk.until('conversation.item.input_audio_transcription.completed', 2);
    expect(talk.all('response.created')).toHaveLength(1);
    await talk.turn('price of ACME');
    expect(talk.all('response.created')).toHaveLength(2);
  });

  test('what is said while an answer is made is answered after it', async () => {
    const { fake, open } = await stage((turn) => {
      turn.say('It is quiet.');
      setTimeout(() => {
        turn.end();
      }, 20);
    });
    const talk = await open();
    talk.ask('how is it');
    await talk.until('response.created');
    // A provider that was told not to interrupt goes on.
    fake.last.send({ type: 'input_audio_buffer.committed', item_id: 'item_x', previous_item_id: null });
    await talk.until('response.done', 2);
    expect(talk.all('response.created')).toHaveLength(2);
  });

  /** A provider whose every response costs more than a cent, and what is asked of it. */
  const asks = (fake: FakeOpenAi): number =>
    fake.sessions.flatMap(({ received }) => received.filter(({ type }) => type === 'response.create')).length;

  test('before a response that could exceed the day’s money the coach inside goes on, also between two calls', async () => {
    const { fake, open } = await stage(undefined, { dailyUsd: 0.09 });
    const talk = await open();
    let turns = 0;
    while (talk.all('spotlight.state').length === 0) {
      const before = talk.all('response.done').length;
      talk.ask('price of ACME');
      await talk.until('response.done', before + 1);
      turns++;
    }
    await talk.untilDone();
    const spent = (talk.last('spotlight.usage') as unknown as { usd_today: number }).usd_today;
    expect(turns).toBeGreaterThan(1);
    expect(spent).toBeLessThanOrEqual(0.09);
    expect(talk.last('spotlight.state')).toMatchObject({ state: 'capped', cap_usd: 0.09 });
    await talk.until('response.done', talk.all('response.created').length);
    expect(talk.transcript()).toContain('652.84');
    const asked = asks(fake);
    await talk.turn('price of ACME');
    expect(talk.transcript()).toContain('652.84');
    expect(asks(fake)).toBe(asked);
  });

  test('money for no response at all: none is asked for, of speech neither', async () => {
    const { fake, open } = await stage(undefined, { dailyUsd: 0.01 });
    const talk = await open();
    fake.last.hears('price of ACME', {});
    await talk.untilDone();
    expect(talk.transcript()).toContain('652.84');
    expect(talk.last('spotlight.state')).toMatchObject({ state: 'capped' });
    expect(asks(fake)).toBe(0);
  });

  test('conversations at once share the day’s money before it is spent', async () => {
    const { fake, open } = await stage(
      () => {
        // Never answers: what was reserved stays reserved.
      },
      { dailyUsd: 0.1 },
    );
    const [one, other] = [await open(), await open()];
    one.ask('price of ACME');
    await one.until('response.created');
    other.ask('price of ACME');
    await other.until('response.done');
    expect(other.last('spotlight.state')).toMatchObject({ state: 'capped' });
    expect(asks(fake)).toBe(1);
    one.link.close();
    const third = await open();
    third.ask('price of ACME');
    await third.until('response.created');
    expect(asks(fake)).toBe(2);
  });
});

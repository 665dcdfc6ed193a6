import { afterEach, describe, expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { chunkOf, FakeCompletions, writing } from '../testing/fake-completions.suite.js';
import { localDesk } from '../testing/local-desk.suite.js';
import { Talk } from '../testing/talk.suite.js';

const OWN_WORDS = /652\.84/;
const fakes: FakeCompletions[] = [];

afterEach(async () => {
  for (const fake of fakes.splice(0)) await fake.stop();
});

/** The local coach with a text model that does as the script says. */
async function stage(script: FakeCompletions['script'], settings: Record<string, string> = {}) {
  const fake = await FakeCompletions.start(script);
  fakes.push(fake);
  const { coach } = localDesk({}, { COACH_LLM_URL: fake.url, ...settings });
  return { fake, talk: new Talk(coach, () => delay(2)) };
}

describe('a text model that writes the local coach’s words', () => {
  test('is asked with what was found and no tools, and its words are spoken with their sources', async () => {
    const { fake, talk } = await stage(writing('All calm – ACME is at 652.84.'), {
      COACH_LLM_MODEL: 'small',
      COACH_LLM_KEY: 'test-key',
    });
    await talk.turn('price of ACME', 'text');
    expect(talk.transcript()).toBe('All calm – ACME is at 652.84.');
    expect(talk.last('spotlight.citation')).toMatchObject({ text: '652.84' });
    const [asked] = fake.asked;
    expect(asked).toMatchObject({
      url: '/v1/chat/completions',
      headers: { authorization: 'Bearer test-key' },
      body: { model: 'small', stream: true },
    });
    expect(asked?.body.tools).toBeUndefined();
    expect(JSON.parse(asked?.body.messages[1]?.content ?? '')).toMatchObject({
      asked: 'price of ACME',
      found: expect.stringMatching(OWN_WORDS),
    });
  });

  test.each([
    ['wrong', 'ACME is at 653.84.'],
    ['rounded', 'ACME is at 653.'],
    ['in words', 'ACME is at six hundred sixty.'],
    ['missing', 'Prices go up and down.'],
  ])('words with a figure that is %s are not said, the desk’s own are', async (_, words) => {
    const { talk } = await stage(writing(words));
    await talk.turn('price of ACME', 'text');
    expect(talk.transcript()).toMatch(OWN_WORDS);
    expect(talk.transcript()).not.toContain(words);
  });

  test('of several sentences those with a source are left', async () => {
    const { talk } = await stage(writing('ACME is at 652.84. The high is 700.10. It is quiet.'));
    await talk.turn('price of ACME', 'text');
    expect(talk.transcript()).toBe('ACME is at 652.84. It is quiet.');
  });

  test.each<[string, FakeCompletions['script']]>([
    [
      'refuses',
      (response) => {
        response.writeHead(500).end('no');
      },
    ],
    [
      'sends something else',
      (response) => {
        response.writeHead(200).end('data: {"choices": [\n\n');
      },
    ],
    [
      'sends null',
      (response) => {
        response.writeHead(200).end('data: null\n\ndata: {"choices":[{"delta":{"content":7}}]}\n\n');
      },
    ],
    [
      'leads elsewhere',
      (response) => {
        response.writeHead(307, { Location: 'http://127.0.0.1:9/' }).end();
      },
    ],
    [
      'breaks off in the middle of a figure',
      (response) => {
        response.writeHead(200);
        response.write(chunkOf('ACME is at 65'));
        setTimeout(() => {
          response.destroy();
        }, 5);
      },
    ],
    [
      'never ends a line',
      (response) => {
        response.writeHead(200);
        response.write(`data: ${'x'.repeat(200_000)}`);
      },
    ],
    [
      'says nothing',
      (response) => {
        response.writeHead(200);
        response.flushHeaders();
      },
    ],
  ])('where it %s the desk’s own words are said', async (_, script) => {
    const { talk } = await stage(script, { COACH_LLM_TIMEOUT_MS: '300' });
    await talk.turn('price of ACME', 'text');
    expect(talk.transcript()).toMatch(OWN_WORDS);
  });

  test('a model that never ends is cut; the sentences that came are used', async () => {
    const { talk } = await stage(
      (response) => {
        response.writeHead(200);
        response.write(chunkOf('ACME is at 652.84. It'));
      },
      { COACH_LLM_TIMEOUT_MS: '300' },
    );
    await talk.turn('price of ACME', 'text');
    expect(talk.transcript()).toBe('ACME is at 652.84.');
  });

  test('a model that floods is cut', async () => {
    const { talk } = await stage(writing(`ACME is at 652.84. ${'It is quiet. '.repeat(2_000)}`, 4_096));
    await talk.turn('price of ACME', 'text');
    expect(talk.transcript().length).toBeLessThan(2_100);
  });

  test('a model that is away is left alone for a while', async () => {
    const { fake, talk } = await stage((response) => {
      response.writeHead(503).end();
    });
    await talk.turn('price of ACME', 'text');
    await talk.turn('price of ACME', 'text');
    expect(fake.asked).toHaveLength(1);
  });

  test('what only proposes is asked in the desk’s own words, and no model hears of it', async () => {
    const { fake, talk } = await stage(writing('Done!'));
    await talk.turn('tell me when ACME crosses above 700', 'text');
    expect(talk.transcript()).toContain('closes above 700');
    await talk.turn('help', 'text');
    expect(fake.asked).toHaveLength(0);
  });

  test('without COACH_LLM_URL nobody is asked', async () => {
    const fake = await FakeCompletions.start(writing('ACME is at 652.84.'));
    fakes.push(fake);
    const talk = new Talk(localDesk().coach, () => delay(2));
    await talk.turn('price of ACME', 'text');
    expect(fake.asked).toHaveLength(0);
  });
});

import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { setTimeout as delay } from 'node:timers/promises';
import { FakeOpenAi, type ScriptedTurn } from '../testing/fake-openai.suite.js';
import { openAiCoachFor } from '../testing/local-desk.suite.js';
import { Talk } from '../testing/talk.suite.js';

/** What may happen next: on the trader's side, and on the provider's. */
const STEPS = [
  'ask',
  'speak',
  'cancel',
  'interrupt',
  'call',
  'call twice',
  'say',
  'end',
  'fail',
  'breathe',
] as const;
type Step = (typeof STEPS)[number];
/** Turns of waiting a condition may take; far above what anything here needs. */
const MOST_WAITS = 5_000;

const settle = (): Promise<void> => delay(2);
const fakes: FakeOpenAi[] = [];

afterEach(async () => {
  for (const fake of fakes.splice(0)) await fake.stop();
});

/** A provider that does nothing by itself, and a client of ours. */
class Stage {
  private readonly turns: ScriptedTurn[] = [];
  readonly talk: Talk;

  constructor(readonly fake: FakeOpenAi) {
    fake.script = (turn) => {
      this.turns.push(turn);
    };
    this.talk = new Talk(openAiCoachFor(fake.url).coach, settle);
  }

  get active(): ScriptedTurn | null {
    return this.fake.sessions.at(-1)?.active ?? null;
  }

  async step(step: Step): Promise<void> {
    const { active, talk } = this;
    switch (step) {
      case 'ask':
        talk.ask('price of ACME');
        break;
      case 'speak':
        this.fake.last.hears('price of ACME');
        break;
      case 'cancel':
        talk.send({ type: 'response.cancel' });
        break;
      case 'interrupt':
        // The provider hears the trader, and ends its own answer.
        this.fake.last.send({
          type: 'input_audio_buffer.speech_started',
          audio_start_ms: 0,
          item_id: 'item_x',
        });
        active?.end('cancelled', 'turn_detected');
        break;
      case 'call':
        active?.call('get_quote', { symbol: 'ACME' });
        break;
      case 'call twice':
        active?.call('get_quote', { symbol: 'ACME' });
        active?.call('get_quote', '{"symbol":');
        break;
      case 'say':
        active?.say('It is quiet.');
        break;
      case 'end':
        active?.end();
        break;
      case 'fail':
        active?.end('failed');
        break;
      case 'breathe':
        break;
    }
    await settle();
  }

  /** The provider ends whatever it has begun, until nothing is open on either side. */
  async finish(): Promise<void> {
    for (let wait = 0; wait < MOST_WAITS; wait++) {
      this.active?.end();
      await settle();
      if (this.active === null && this.isQuiet()) return;
    }
    throw new Error(`something stays open: ${this.talk.types().join(' ')}`);
  }

  /** Calls made and not answered, and answers begun and not ended. */
  private isQuiet(): boolean {
    const { talk, fake } = this;
    const isAnswered = [...fake.last.openCalls].every((call) => fake.last.answers.has(call));
    const asked = talk.all('response.created').length === talk.all('response.done').length;
    const upstreamAsks = fake.last.received.filter(({ type }) => type === 'response.create').length;
    return isAnswered && asked && upstreamAsks === this.turns.length;
  }
}

describe('whatever comes in whatever order', () => {
  test('each call is answered once, one answer at a time, nothing comes after the end, the provider is let go', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { maxLength: 14 }), async (steps) => {
        const fake = await FakeOpenAi.start();
        fakes.push(fake);
        const stage = new Stage(fake);
        const { talk } = stage;
        await talk.until('session.created');
        for (const step of steps) await stage.step(step);
        await stage.finish();

        expect(fake.last.faults).toEqual([]);
        expect([...fake.last.answers.keys()].sort()).toEqual([...fake.last.openCalls].sort());
        for (const answers of fake.last.answers.values()) expect(answers).toHaveLength(1);
        let open: unknown = null;
        for (const { type, response, response_id: id } of talk.events) {
          const named = (response as { id?: string } | undefined)?.id;
          if (type === 'response.created') {
            expect(open).toBeNull();
            open = named;
          } else if (type === 'response.done') {
            expect(named).toBe(open);
            open = null;
          } else if (id !== undefined) expect(id).toBe(open);
        }
        expect(open).toBeNull();
        talk.link.close();
        for (let wait = 0; !fake.last.isClosed && wait < MOST_WAITS; wait++) await settle();
        expect(fake.last.isClosed).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import type { Talk } from './talk.suite.js';

/** A coach to be tried: ACME is at 652.84, and it answers when asked for its price. */
export interface CoachUnderTest {
  open(): Talk | Promise<Talk>;
}

/** What every coach promises its clients, whatever stands behind it. */
export function coachSuite(name: string, begin: () => CoachUnderTest | Promise<CoachUnderTest>): void {
  describe(`the ${name} coach keeps the protocol`, () => {
    const open = async (): Promise<Talk> => {
      const talk = await (await begin()).open();
      await talk.until('session.created');
      return talk;
    };

    test('the session is told first', async () => {
      const talk = await open();
      expect(talk.events[0]).toMatchObject({ type: 'session.created', session: { type: 'realtime' } });
    });

    test('a typed question is answered in speech with its transcript, in the order of the protocol', async () => {
      const talk = await open();
      await talk.turn('price of ACME');
      expect(talk.transcript()).toContain('652.84');
      expect(talk.audioMs()).toBeGreaterThan(0);
      const types = talk.types();
      const places = [
        'conversation.item.added',
        'conversation.item.done',
        'response.created',
        'response.output_item.added',
        'response.content_part.added',
        'response.output_audio_transcript.delta',
        'response.output_audio.delta',
        'response.output_audio.done',
        'response.output_audio_transcript.done',
        'response.content_part.done',
        'response.output_item.done',
        'response.done',
      ].map((type) => types.indexOf(type));
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(places).not.toContain(-1);
      expect(talk.last('response.done')).toMatchObject({
        response: { status: 'completed', usage: expect.anything() },
      });
    });

    test('in text where text is asked for', async () => {
      const talk = await open();
      await talk.turn('price of ACME', 'text');
      expect(talk.transcript()).toContain('652.84');
      expect(talk.audioMs()).toBe(0);
      const deltas = talk.all('response.output_text.delta').map(({ delta }) => delta);
      expect(deltas.join('')).toBe(talk.transcript());
    });

    test('figures are cited', async () => {
      const talk = await open();
      await talk.turn('price of ACME');
      expect(talk.last('spotlight.citation')).toMatchObject({
        text: '652.84',
        source: { kind: 'quote', symbol: 'ACME' },
      });
    });

    test('one response at a time', async () => {
      const talk = await open();
      talk.ask('price of ACME');
      await talk.until('response.created');
      talk.send({ type: 'response.create', event_id: 'mine' });
      await talk.until('error');
      expect(talk.last('error')).toMatchObject({
        error: { code: 'conversation_already_has_active_response', event_id: 'mine' },
      });
      await talk.untilDone();
      expect(talk.all('response.created')).toHaveLength(1);
    });

    test('a signal is called out with its reason, where nothing is being said, and no other', async () => {
      const talk = await open();
      talk.send({ type: 'spotlight.call_out', signal_id: 'r-1:ACME:1m:1' });
      await talk.until('response.done');
      expect(talk.last('response.created')).toMatchObject({ response: { metadata: { kind: 'signal' } } });
      expect(talk.transcript()).toContain('“VWAP reclaim” signalled on ACME');
      expect(talk.transcript()).toContain('close 652.5 crossed above vwap 651.2');
      expect(talk.audioMs()).toBeGreaterThan(0);
      talk.ask('price of ACME');
      await talk.until('response.created', 2);
      talk.send({ type: 'spotlight.call_out', signal_id: 'r-1:ACME:1m:1' });
      await talk.until('response.done', 2);
      expect(talk.transcript()).toContain('652.84');
      talk.send({ type: 'spotlight.call_out', signal_id: 'somebody else’s' });
      await talk.turn('price of ACME', 'text');
      const all = talk.all('response.output_audio_transcript.delta').map(({ delta }) => delta);
      expect(all.join(' ').match(/signalled/g)).toHaveLength(1);
    });

    test('cancelled, it is silent, and says that it was cancelled', async () => {
      const talk = await open();
      talk.ask('price of ACME');
      await talk.until('response.created');
      talk.send({ type: 'response.cancel' });
      await talk.untilDone();
      expect(talk.last('response.done')).toMatchObject({ response: { status: 'cancelled' } });
      const count = talk.all('response.output_audio.delta').length;
      await talk.turn('price of ACME', 'text');
      expect(talk.all('response.output_audio.delta')).toHaveLength(count);
    });

    test('cancelling nothing is an error that changes nothing', async () => {
      const talk = await open();
      talk.send({ type: 'response.cancel', event_id: 'late' });
      await talk.until('error');
      expect(talk.last('error')).toMatchObject({
        error: { code: 'response_cancel_not_active', event_id: 'late' },
      });
      await talk.turn('price of ACME');
      expect(talk.last('response.done')).toMatchObject({ response: { status: 'completed' } });
    });

    test('what was not heard is taken out of the transcript, and nobody can have heard more than was sent', async () => {
      const talk = await open();
      await talk.turn('price of ACME');
      const { item_id: id } = talk.last('response.output_audio.delta') as unknown as { item_id: string };
      talk.send({
        type: 'conversation.item.truncate',
        item_id: id,
        content_index: 0,
        audio_end_ms: 3_599_000,
      });
      await talk.until('error');
      expect(talk.last('error')).toMatchObject({ error: { code: 'invalid_value' } });
      talk.send({ type: 'conversation.item.truncate', item_id: id, content_index: 0, audio_end_ms: 0 });
      await talk.until('conversation.item.truncated');
      expect(talk.last('conversation.item.truncated')).toMatchObject({ item_id: id, audio_end_ms: 0 });
    });

    test('an empty turn is refused', async () => {
      const talk = await open();
      talk.send({ type: 'input_audio_buffer.commit', event_id: 'empty' });
      await talk.until('error');
      expect(talk.last('error')).toMatchObject({
        error: { code: 'input_audio_buffer_commit_empty', event_id: 'empty' },
      });
    });

    test('instructions stay the server’s', async () => {
      const talk = await open();
      talk.send({ type: 'session.update', session: { output_modalities: ['text'] } });
      await talk.until('session.updated');
      expect(talk.last('session.updated')).toMatchObject({ session: { output_modalities: ['text'] } });
    });

    test('closed, it says nothing more', async () => {
      const talk = await open();
      talk.ask('price of ACME');
      await talk.until('response.created');
      talk.link.close();
      talk.link.close();
      const count = talk.events.length;
      talk.ask('price of ACME');
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(talk.events).toHaveLength(count);
    });
  });
}

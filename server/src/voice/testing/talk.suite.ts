import type { ClientEvent } from '@libs/contract';
import { bytesOf, PCM_RATE_HZ } from '@libs/coach';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Coach, CoachLink, ServerEvent } from '../coach-link.port.js';

/** Turns of the event loop that a condition may take; far above what anything here needs. */
const MOST_TURNS = 20_000;

/** A client in the test's own process: what it sent and what came. */
export class Talk {
  readonly events: ServerEvent[] = [];
  readonly link: CoachLink;
  ended: string | null = null;

  constructor(
    coach: Coach,
    /** Moves time or lets other things happen between two looks. */
    private readonly settle: () => Promise<void> = async () => nextTurn(),
  ) {
    this.link = coach.open(
      {
        onEvent: (event) => this.events.push(event),
        onEnd: (reason) => {
          this.ended = reason;
        },
      },
      { userId: 1 },
    );
  }

  send(event: ClientEvent): void {
    this.link.send(event);
  }

  /** Types a question and asks for the answer. */
  ask(text: string, modality?: 'audio' | 'text'): void {
    this.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
    });
    this.send({ type: 'response.create', ...(modality && { response: { output_modalities: [modality] } }) });
  }

  /** Asks and waits for the end of the answer. */
  async turn(text: string, modality?: 'audio' | 'text'): Promise<void> {
    const before = this.all('response.done').length;
    this.ask(text, modality);
    await this.until('response.done', before + 1);
  }

  /** Lets the coach hear a made-up sound, and silence after it. */
  hear(sound: 'speech' | 'cough' | 'silence'): void {
    const ms = { speech: 900, cough: 150, silence: 0 }[sound];
    const samples = Int16Array.from({ length: ((ms + 700) * PCM_RATE_HZ) / 1_000 }, (_, index) =>
      index < (ms * PCM_RATE_HZ) / 1_000 ? Math.round(9_000 * Math.sin(index / 12)) : 0,
    );
    const bytes = bytesOf(samples);
    for (let at = 0; at < bytes.length; at += 4_800) {
      const audio = Buffer.from(bytes.subarray(at, at + 4_800)).toString('base64');
      this.send({ type: 'input_audio_buffer.append', audio });
    }
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }

  all(type: string): ServerEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  last(type: string): ServerEvent | undefined {
    return this.events.findLast((event) => event.type === type);
  }

  /** Words of the answer given last. */
  transcript(): string {
    const done = this.last('response.done') as unknown as {
      response: { output: { content: { transcript?: string; text?: string }[] }[] };
    };
    const [part] = done.response.output[0]?.content ?? [];
    return part?.transcript ?? part?.text ?? '';
  }

  audioMs(): number {
    const bytes = this.all('response.output_audio.delta').reduce(
      (sum, { delta }) => sum + Buffer.from(String(delta), 'base64').length,
      0,
    );
    return (bytes * 1_000) / (2 * PCM_RATE_HZ);
  }

  /** Waits for the next event of a type that has not come yet, or for one that came. */
  async until(type: string, count = 1): Promise<void> {
    for (let turn = 0; this.all(type).length < count; turn++) {
      if (turn > MOST_TURNS)
        throw new Error(`waited for ${count} ${type}; there were ${this.types().join(' ')}`);
      await this.settle();
    }
  }

  /** Waits until every response that began is over. */
  async untilDone(): Promise<void> {
    await this.until('response.created', 1);
    await this.until('response.done', this.all('response.created').length);
  }
}

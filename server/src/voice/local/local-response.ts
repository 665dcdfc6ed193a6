import type { DurationMs } from '@libs/bars';
import { heardCharacters, NOTHING_SPOKEN, withWords, type SpokenWords } from '@libs/coach';
import type { Clock } from '../../common/clock.js';
import type { SpokenSentence } from '../../coach/index.js';
import type { ServerEvent } from '../coach-link.port.js';
import { newId } from '../protocol.js';
import type { FliteVoice } from '../speech/flite.js';
import type { Speaker } from '../speech/speaker.js';
import type { Conversation, ConversationItem } from './conversation.js';
import { SpeechPacer } from './speech-pacer.js';

/** Of a coach that costs nothing. */
const NO_USAGE = {
  total_tokens: 0,
  input_tokens: 0,
  output_tokens: 0,
  input_token_details: { text_tokens: 0, audio_tokens: 0, image_tokens: 0, cached_tokens: 0 },
  output_token_details: { text_tokens: 0, audio_tokens: 0 },
};

export interface ResponseParts {
  readonly clock: Clock;
  readonly speaker: Speaker;
  readonly voice: FliteVoice;
  readonly conversation: Conversation;
  readonly modality: 'audio' | 'text';
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly emit: (event: ServerEvent) => void;
  /** Desk time, for the age of what is cited. */
  readonly nowMs: () => number;
}

/** One answer on its way: the events of a response in the protocol's order, sentence by sentence, until done or cancelled. */
export class LocalResponse {
  readonly id = newId('resp');
  private readonly item: ConversationItem = {
    id: newId('item'),
    object: 'realtime.item',
    type: 'message',
    role: 'assistant',
    status: 'in_progress',
    content: [],
  };
  private readonly pacer: SpeechPacer;
  private words = NOTHING_SPOKEN;
  private heardMs: DurationMs | null = null;
  private isBegun = false;
  private ended: { status: 'completed' | 'cancelled' | 'failed'; reason?: string } | null = null;

  constructor(private readonly parts: ResponseParts) {
    this.pacer = new SpeechPacer(parts.clock, (delta) => {
      this.delta('response.output_audio.delta', delta);
    });
    parts.emit({ type: 'response.created', response: this.describe('in_progress') });
  }

  get isOver(): boolean {
    return this.ended !== null;
  }

  get itemId(): string {
    return this.item.id;
  }

  /** What was said so far, and the sound of it. */
  get spoken(): SpokenWords {
    return { ...this.words, audioMs: this.pacer.sentMs, isWhole: this.ended?.status === 'completed' };
  }

  /** Says sentences one after the other; stops between two pieces of sound when it is cancelled. */
  async say(sentences: readonly SpokenSentence[]): Promise<void> {
    for (const sentence of sentences) {
      if (this.isOver) return;
      await this.saySentence(sentence);
    }
    this.end('completed');
  }

  /** Ends it before its time. Nothing of it is sent after this. */
  cancel(reason: 'client_cancelled' | 'turn_detected'): void {
    this.pacer.stop();
    this.end('cancelled', reason);
  }

  /** The client fell silent after so much of it: that was all that was said. */
  cut(heardMs: DurationMs): void {
    this.heardMs = heardMs;
  }

  /** Ends it as failed. */
  fail(): void {
    this.pacer.stop();
    this.end('failed');
  }

  private async saySentence({ text, figures }: SpokenSentence): Promise<void> {
    const { speaker, voice, modality, emit, nowMs } = this.parts;
    const samples =
      modality === 'text' ? new Int16Array() : await speaker.speak(text, voice).catch(() => new Int16Array());
    if (this.isOver) return;
    this.begin();
    const lead = this.words.text === '' ? '' : ' ';
    const from = this.words.text.length + lead.length;
    this.words = withWords({ ...this.words, audioMs: this.pacer.sentMs }, lead + text);
    this.delta(
      modality === 'text' ? 'response.output_text.delta' : 'response.output_audio_transcript.delta',
      lead + text,
    );
    for (const { start, end, text: figure, fact, isStale } of figures) {
      emit({
        type: 'spotlight.citation',
        response_id: this.id,
        item_id: this.item.id,
        start: from + start,
        end: from + end,
        text: figure,
        source: fact.source,
        as_of: fact.asOfMs,
        age_ms: Math.max(0, nowMs() - fact.asOfMs),
        stale: isStale,
      });
    }
    await this.pacer.play(samples);
  }

  private begin(): void {
    if (this.isBegun) return;
    this.isBegun = true;
    const { emit, conversation } = this.parts;
    const previous = conversation.lastId;
    conversation.add(this.item);
    const item = { ...this.item };
    emit({ type: 'response.output_item.added', response_id: this.id, output_index: 0, item });
    emit({ type: 'conversation.item.added', previous_item_id: previous, item });
    emit({ type: 'response.content_part.added', ...this.place, part: this.part('') });
  }

  private end(status: 'completed' | 'cancelled' | 'failed', reason?: string): void {
    if (this.isOver) return;
    this.ended = { status, ...(reason !== undefined && { reason }) };
    const { emit, modality } = this.parts;
    if (this.isBegun) {
      const transcript = this.heardText;
      this.item.status = status === 'completed' ? 'completed' : 'incomplete';
      this.item.content =
        modality === 'text'
          ? [{ type: 'output_text', text: transcript }]
          : [{ type: 'output_audio', transcript }];
      if (modality === 'text') emit({ type: 'response.output_text.done', ...this.place, text: transcript });
      else {
        emit({ type: 'response.output_audio.done', ...this.place });
        emit({ type: 'response.output_audio_transcript.done', ...this.place, transcript });
      }
      emit({ type: 'response.content_part.done', ...this.place, part: this.part(transcript) });
      emit({ type: 'conversation.item.done', previous_item_id: null, item: { ...this.item } });
      emit({
        type: 'response.output_item.done',
        response_id: this.id,
        output_index: 0,
        item: { ...this.item },
      });
    }
    emit({ type: 'response.done', response: this.describe(status) });
  }

  private get heardText(): string {
    const { heardMs, spoken } = this;
    return heardMs === null ? spoken.text : spoken.text.slice(0, heardCharacters(spoken, heardMs)).trimEnd();
  }

  private part(text: string): object {
    return this.parts.modality === 'text' ? { type: 'text', text } : { type: 'audio', transcript: text };
  }

  private get place(): object {
    return { response_id: this.id, item_id: this.item.id, output_index: 0, content_index: 0 };
  }

  private delta(type: string, delta: string): void {
    if (!this.isOver) this.parts.emit({ type, ...this.place, delta });
  }

  private describe(status: string): object {
    const { modality, metadata } = this.parts;
    const { ended } = this;
    return {
      object: 'realtime.response',
      id: this.id,
      status,
      status_details:
        ended === null ? null : { type: ended.status, ...(ended.reason && { reason: ended.reason }) },
      output: ended !== null && this.isBegun ? [{ ...this.item }] : [],
      output_modalities: [modality],
      metadata,
      usage: ended === null ? null : NO_USAGE,
    };
  }
}

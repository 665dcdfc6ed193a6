import { Injectable, Inject, Logger } from '@nestjs/common';
import { EnergyVad, PCM_BYTES_PER_MS, samplesOf } from '@libs/coach';
import type { ClientEvent } from '@libs/contract';
import { Clock } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';
import {
  CoachService,
  DeskTime,
  ToolBox,
  type Dialog,
  type Reply,
  type ToolCaller,
} from '../../coach/index.js';
import type { Coach, CoachLink, CoachListener, ServerEvent } from '../coach-link.port.js';
import { errorEvent, newId } from '../protocol.js';
import { Speaker } from '../speech/speaker.js';
import { Conversation, type ConversationItem } from './conversation.js';
import { LocalResponse } from './local-response.js';
import { LocalSession } from './local-session.js';

/** Less than this is no turn. */
const SHORTEST_TURN_MS = 100;
const NOT_HEARD =
  'I hear you, and no speech recognition is set up here. Type it, or let the browser write it down.';

/** What every conversation with the local coach needs. */
interface Desk {
  readonly clock: Clock;
  readonly brain: CoachService;
  readonly box: ToolBox;
  readonly time: DeskTime;
  readonly speaker: Speaker;
  readonly env: Env;
  readonly logger: Logger;
}

/** The coach inside: no key, no network. A server of the Realtime protocol over grammar, tools, templates and Flite. */
@Injectable()
export class LocalCoach implements Coach {
  readonly name = 'local';
  private readonly desk: Desk;

  constructor(
    @Inject(ENV) env: Env,
    clock: Clock,
    brain: CoachService,
    box: ToolBox,
    time: DeskTime,
    speaker: Speaker,
  ) {
    this.desk = { clock, brain, box, time, speaker, env, logger: new Logger('voice') };
  }

  open(listener: CoachListener, caller: ToolCaller): CoachLink {
    return new LocalLink(this.desk, listener, caller);
  }
}

/** One conversation. */
class LocalLink implements CoachLink {
  private readonly session: LocalSession;
  private readonly conversation = new Conversation();
  private readonly dialog: Dialog;
  private vad: EnergyVad | null;
  private response: LocalResponse | null = null;
  /** Milliseconds of speech sent of each item, newest last: what a truncation may not go beyond. */
  private readonly sentMs = new Map<string, number>();
  private pendingBytes = 0;
  private turnId: string | null = null;
  private isClosed = false;

  constructor(
    private readonly desk: Desk,
    private readonly listener: CoachListener,
    private readonly caller: ToolCaller,
  ) {
    const tools = desk.box.descriptions.map(({ name, summary, parameters }) => ({
      type: 'function',
      name,
      description: summary,
      parameters,
    }));
    this.session = new LocalSession(newId('sess'), desk.env.COACH_VOICE, tools);
    this.dialog = desk.brain.begin();
    this.vad = new EnergyVad();
    this.emit({ type: 'session.created', session: this.session.describe() });
  }

  send(event: ClientEvent): void {
    if (this.isClosed) return;
    switch (event.type) {
      case 'session.update':
        this.session.update(event.session);
        this.vad = this.session.vad === null ? null : new EnergyVad(this.session.vad);
        this.emit({ type: 'session.updated', session: this.session.describe() });
        return;
      case 'input_audio_buffer.append':
        this.hear(Buffer.from(event.audio, 'base64'));
        return;
      case 'input_audio_buffer.commit':
        this.commit(event.event_id);
        return;
      case 'input_audio_buffer.clear':
        this.pendingBytes = 0;
        this.vad?.reset();
        this.emit({ type: 'input_audio_buffer.cleared' });
        return;
      case 'conversation.item.create':
        this.addTyped(event);
        return;
      case 'conversation.item.retrieve':
        this.withItem(event, (item) => {
          this.emit({ type: 'conversation.item.retrieved', item: { ...item } });
        });
        return;
      case 'conversation.item.delete':
        this.withItem(event, ({ id }) => {
          this.conversation.remove(id);
          this.emit({ type: 'conversation.item.deleted', item_id: id });
        });
        return;
      case 'conversation.item.truncate':
        this.truncate(event);
        return;
      case 'response.create':
        this.create(event);
        return;
      case 'response.cancel':
        this.cancel(event);
        return;
      case 'spotlight.confirm':
        this.confirm(event);
        return;
      case 'spotlight.call_out':
        this.callOut(event.signal_id);
        return;
    }
  }

  close(): void {
    this.isClosed = true;
    this.response?.cancel('client_cancelled');
    this.response = null;
  }

  private get isAnswering(): boolean {
    return this.response !== null && !this.response.isOver;
  }

  private emit(event: ServerEvent): void {
    if (!this.isClosed) this.listener.onEvent(event);
  }

  private refuse(eventId: string | undefined, code: string, message: string): void {
    this.emit(errorEvent({ code, message, eventId }));
  }

  private hear(bytes: Buffer): void {
    this.pendingBytes += bytes.length;
    const { vad } = this;
    if (vad === null) return;
    for (const { kind, atMs } of vad.push(samplesOf(bytes))) {
      if (kind === 'started') {
        this.turnId = newId('item');
        this.emit({ type: 'input_audio_buffer.speech_started', audio_start_ms: atMs, item_id: this.turnId });
        if (this.session.interruptResponse) this.interrupt('turn_detected');
      } else {
        const itemId = this.turnId ?? newId('item');
        this.emit({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: atMs, item_id: itemId });
        this.endTurn(itemId);
        if (this.session.createResponse) this.respond('', null);
      }
    }
  }

  private commit(eventId: string | undefined): void {
    if (this.pendingBytes < SHORTEST_TURN_MS * PCM_BYTES_PER_MS) {
      this.refuse(eventId, 'input_audio_buffer_commit_empty', 'The buffer holds less than 100 ms of audio.');
      return;
    }
    this.endTurn(this.turnId ?? newId('item'));
  }

  private endTurn(itemId: string): void {
    this.pendingBytes = 0;
    this.turnId = null;
    this.vad?.reset();
    this.emit({
      type: 'input_audio_buffer.committed',
      item_id: itemId,
      previous_item_id: this.conversation.lastId,
    });
    this.addItem({ id: itemId, content: [{ type: 'input_audio', transcript: null }] });
  }

  private addTyped({
    item,
    event_id: eventId,
  }: Extract<ClientEvent, { type: 'conversation.item.create' }>): void {
    if (item.id !== undefined && this.conversation.get(item.id) !== undefined) {
      this.refuse(eventId, 'item_create_duplicate_id', 'There is an item of this id already.');
      return;
    }
    this.addItem({ id: item.id ?? newId('item'), content: item.content });
  }

  private addItem({ id, content }: Pick<ConversationItem, 'id' | 'content'>): void {
    const previous = this.conversation.lastId;
    const item: ConversationItem = {
      id,
      object: 'realtime.item',
      type: 'message',
      role: 'user',
      status: 'completed',
      content,
    };
    this.conversation.add(item);
    this.emit({ type: 'conversation.item.added', previous_item_id: previous, item: { ...item } });
    this.emit({ type: 'conversation.item.done', previous_item_id: previous, item: { ...item } });
  }

  private withItem(
    { item_id: id, event_id: eventId }: { item_id: string; event_id?: string | undefined },
    use: (item: ConversationItem) => void,
  ): void {
    const item = this.conversation.get(id);
    if (item === undefined) this.refuse(eventId, 'item_not_found', 'There is no item of this id.');
    else use(item);
  }

  /** The transcript keeps what can have been heard: words in proportion to the time that was played. */
  private truncate(event: Extract<ClientEvent, { type: 'conversation.item.truncate' }>): void {
    this.withItem(event, (item) => {
      const sentMs = this.response?.itemId === item.id ? this.response.sentMs : this.sentMs.get(item.id);
      if (sentMs === undefined || event.audio_end_ms > sentMs) {
        this.refuse(
          event.event_id,
          'invalid_value',
          `audio_end_ms is beyond the ${sentMs ?? 0} ms of the item.`,
        );
        return;
      }
      const [part] = item.content;
      if (part?.transcript) {
        const words = part.transcript.split(' ');
        const heard = Math.floor((words.length * event.audio_end_ms) / Math.max(1, sentMs));
        item.content = [{ ...part, transcript: words.slice(0, heard).join(' ') }];
      }
      this.emit({
        type: 'conversation.item.truncated',
        item_id: item.id,
        content_index: 0,
        audio_end_ms: event.audio_end_ms,
      });
    });
  }

  private create({ event_id: eventId, response }: Extract<ClientEvent, { type: 'response.create' }>): void {
    if (this.isAnswering) {
      this.refuse(
        eventId,
        'conversation_already_has_active_response',
        'A response is under way; cancel it, or wait.',
      );
      return;
    }
    const text = this.conversation.unanswered();
    this.respond(text, response?.metadata ?? null, response?.output_modalities?.[0]);
  }

  private cancel({
    event_id: eventId,
    response_id: id,
  }: Extract<ClientEvent, { type: 'response.cancel' }>): void {
    if (!this.isAnswering || (id !== undefined && id !== this.response?.id)) {
      this.refuse(eventId, 'response_cancel_not_active', 'There is no such response under way.');
      return;
    }
    this.interrupt('client_cancelled');
  }

  private interrupt(reason: 'client_cancelled' | 'turn_detected'): void {
    const { response } = this;
    this.response = null;
    if (response === null) return;
    response.cancel(reason);
    this.remember(response);
  }

  private confirm({ id, accept }: Extract<ClientEvent, { type: 'spotlight.confirm' }>): void {
    if (this.isAnswering) this.interrupt('client_cancelled');
    this.answer(() => this.desk.brain.answerProposal(this.dialog, this.caller, accept, id), null);
  }

  /** Never over an answer, never over the trader. */
  private callOut(signalId: string): void {
    if (this.isAnswering || this.vad?.isSpeech === true) return;
    const { brain } = this.desk;
    this.answer(() => brain.callOut(signalId, this.dialog, this.caller), { kind: 'signal' });
  }

  private respond(text: string, metadata: Record<string, string> | null, modality?: 'audio' | 'text'): void {
    if (this.isAnswering) return;
    const { brain } = this.desk;
    const isSound = text === '' && this.conversation.hasUnansweredSound();
    this.answer(
      () =>
        isSound
          ? Promise.resolve({ sentences: [{ text: NOT_HEARD, figures: [] }], heldBack: 0 })
          : brain.reply(text, this.dialog, this.caller),
      metadata,
      modality,
    );
  }

  private answer(
    think: () => Promise<Reply>,
    metadata: Record<string, string> | null,
    modality?: 'audio' | 'text',
  ): void {
    const { clock, speaker, env, time, logger } = this.desk;
    const response = new LocalResponse({
      clock,
      speaker,
      voice: env.COACH_VOICE,
      conversation: this.conversation,
      modality: modality ?? this.session.modality,
      metadata,
      emit: (event) => {
        this.emit(event);
      },
      nowMs: () => time.nowMs(),
    });
    this.response = response;
    const speak = async (): Promise<void> => {
      const reply = await think();
      if (response.isOver) return;
      if (reply.proposal) {
        const { id, question, tool } = reply.proposal;
        this.emit({ type: 'spotlight.proposal', id, tool, question });
      }
      if (reply.deskAction) this.emit({ type: 'spotlight.desk_action', action: reply.deskAction });
      await response.say(reply.sentences);
    };
    speak()
      .catch((fault: unknown) => {
        logger.error(`an answer failed: ${messageOf(fault)}`);
        response.fail();
      })
      .finally(() => {
        this.remember(response);
        if (this.response === response) this.response = null;
      });
  }

  private remember({ itemId, sentMs }: LocalResponse): void {
    this.sentMs.set(itemId, sentMs);
    const [oldest] = this.sentMs.keys();
    if (this.sentMs.size > 100 && oldest !== undefined) this.sentMs.delete(oldest);
  }
}

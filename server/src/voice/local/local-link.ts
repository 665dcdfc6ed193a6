import { heardCharacters, type SpokenWords } from '@libs/coach';
import type { ClientEvent } from '@libs/contract';
import type { Dialog, Reply, ToolCaller } from '../../coach/index.js';
import { messageOf } from '../../common/errors.js';
import type { CoachLink, CoachListener, ServerEvent } from '../coach-link.port.js';
import { errorEvent, newId } from '../protocol.js';
import { Conversation, type ConversationItem } from './conversation.js';
import type { LocalDesk } from './local-desk.js';
import { LocalResponse } from './local-response.js';
import { LocalSession } from './local-session.js';
import { TraderTurns } from './trader-turns.js';

/** Answers whose words are remembered for a truncation; the oldest make room. */
const MOST_REMEMBERED = 100;
const NOT_HEARD =
  'I hear you, and no speech recognition is set up here. Type it, or let the browser write it down.';

/** One conversation with the coach inside, by the protocol's rules. */
export class LocalLink implements CoachLink {
  private readonly session: LocalSession;
  private readonly conversation = new Conversation();
  private readonly dialog: Dialog;
  private readonly turns: TraderTurns;
  private response: LocalResponse | null = null;
  /** What was said in each item, newest last: a truncation may not go beyond it. */
  private readonly spoken = new Map<string, SpokenWords>();
  private isClosed = false;
  /** The question that was open when thinking began, while what comes of it is not told yet. */
  private untoldSince: string | null | undefined;

  constructor(
    private readonly desk: LocalDesk,
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
    this.turns = new TraderTurns({
      previousItemId: () => this.conversation.lastId,
      emit: (event) => {
        this.emit(event);
      },
      onSpeech: () => {
        if (this.session.interruptResponse) this.interrupt('turn_detected');
      },
      onTurn: (id, isOver) => {
        this.addItem({ id, content: [{ type: 'input_audio', transcript: null }] });
        if (isOver && this.session.createResponse) this.respond(null);
      },
    });
    this.emit({ type: 'session.created', session: this.session.describe() });
  }

  send(event: ClientEvent): void {
    if (this.isClosed) return;
    switch (event.type) {
      case 'session.update':
        this.session.update(event.session);
        this.turns.detectBy(this.session.vad);
        this.emit({ type: 'session.updated', session: this.session.describe() });
        return;
      case 'input_audio_buffer.append':
        this.turns.hear(Buffer.from(event.audio, 'base64'));
        return;
      case 'input_audio_buffer.commit':
        if (!this.turns.commit())
          this.refuse(
            event.event_id,
            'input_audio_buffer_commit_empty',
            'The buffer holds less than 100 ms of audio.',
          );
        return;
      case 'input_audio_buffer.clear':
        this.turns.clear();
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
      case 'spotlight.chart':
        this.dialog.focus = event.symbol;
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

  /** The transcript keeps what was heard. */
  private truncate(event: Extract<ClientEvent, { type: 'conversation.item.truncate' }>): void {
    this.withItem(event, (item) => {
      const spoken = this.response?.itemId === item.id ? this.response.spoken : this.spoken.get(item.id);
      const { audio_end_ms: heardMs } = event;
      if (spoken === undefined || heardMs > spoken.audioMs) {
        const message = `audio_end_ms is beyond the ${spoken?.audioMs ?? 0} ms of the item.`;
        this.refuse(event.event_id, 'invalid_value', message);
        return;
      }
      if (this.response?.itemId === item.id) this.response.cut(heardMs);
      const transcript = spoken.text.slice(0, heardCharacters(spoken, heardMs)).trimEnd();
      item.content = item.content.map((part) => ({ ...part, transcript }));
      this.emit({
        type: 'conversation.item.truncated',
        item_id: item.id,
        content_index: 0,
        audio_end_ms: heardMs,
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
    this.respond(response?.metadata ?? null, response?.output_modalities?.[0]);
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
    // What was not put to the trader cannot be agreed to.
    if (this.untoldSince !== undefined && this.dialog.openId !== this.untoldSince) this.dialog.withdraw();
    this.untoldSince = undefined;
    this.remember(response);
  }

  private confirm({ id, accept }: Extract<ClientEvent, { type: 'spotlight.confirm' }>): void {
    if (this.isAnswering) this.interrupt('client_cancelled');
    this.answer(() => this.desk.brain.answerProposal(this.dialog, this.caller, accept, id), null);
  }

  /** Never over an answer, never over the trader. */
  private callOut(signalId: string): void {
    if (this.isAnswering || this.turns.isSpeech) return;
    const { brain } = this.desk;
    this.answer(() => brain.callOut(signalId, this.dialog, this.caller), { kind: 'signal' });
  }

  private respond(metadata: Record<string, string> | null, modality?: 'audio' | 'text'): void {
    if (this.isAnswering) return;
    const { brain } = this.desk;
    const { text, hasSound } = this.conversation.takeQuestion();
    this.answer(
      () =>
        text === '' && hasSound
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
    this.untoldSince = this.dialog.openId;
    const speak = async (): Promise<void> => {
      const reply = await think();
      if (response.isOver) return;
      this.untoldSince = undefined;
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

  private remember({ itemId, spoken }: LocalResponse): void {
    this.spoken.set(itemId, spoken);
    const [oldest] = this.spoken.keys();
    if (this.spoken.size > MOST_REMEMBERED && oldest !== undefined) this.spoken.delete(oldest);
  }
}

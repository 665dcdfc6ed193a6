import type { Logger } from '@nestjs/common';
import { readIntent } from '@libs/coach';
import type { ClientEvent, ClientSession } from '@libs/contract';
import type { CoachService, DeskTime, Dialog, ToolBox, ToolCaller } from '../../coach/index.js';
import type { Clock } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import type { Env } from '../../config/env.schema.js';
import type { CoachLink, CoachListener, ServerEvent } from '../coach-link.port.js';
import type { LocalCoach } from '../local/local-coach.js';
import { errorEvent, newId } from '../protocol.js';
import type { Speaker } from '../speech/speaker.js';
import type { CostMeter, Usage } from './cost-meter.js';
import { HeldAnswer, judge, type Verdict } from './held-answer.js';
import { merged, ownSession } from './own-session.js';
import { citationEvents, sayOurselves } from './own-words.js';
import { ProviderLine, RECONNECT_TRIES } from './provider-line.js';
import { ToolCalls, type ToolCall } from './tool-calls.js';
import { newTurn, type Asked, type Turn } from './turn.js';
import type { UpstreamSocket } from './upstream-socket.js';

/** Events of the client that wait for the provider. */
const MOST_WAITING = 300;
/** Calls of tools in one turn; a model that calls on and on is stopped. */
export const MOST_CALLS = 10;
/** Lines of what was said that a new conversation with the provider is told. */
const SUMMARY_LINES = 20;
const FATAL = new Set([
  'invalid_api_key',
  'model_not_found',
  'beta_api_shape_disabled',
  'insufficient_quota',
]);

/** What every conversation needs. */
export interface OpenAiDesk {
  readonly env: Env;
  readonly clock: Clock;
  readonly brain: CoachService;
  readonly box: ToolBox;
  readonly time: DeskTime;
  readonly speaker: Speaker;
  readonly meter: CostMeter;
  readonly local: LocalCoach;
  readonly logger: Logger;
}

/** One conversation with the provider: its tools run here, its answers are held until their figures have a source. */
export class OpenAiLink implements CoachLink {
  private readonly dialog: Dialog;
  private readonly calls: ToolCalls;
  private readonly line: ProviderLine;
  private isClosed = false;
  private hasGreeted = false;
  private waiting: ClientEvent[] = [];
  private session: ClientSession = {};
  private turn: Turn | null = null;
  /** Whether a response was asked for that has not begun; with the client's own id of that event. */
  private asked: Asked | null = null;
  private readonly lines: string[] = [];
  /** Messages the check spoke in place of the provider's: milliseconds sent of each. */
  private readonly replaced = new Map<string, number>();
  private capped: CoachLink | null = null;

  constructor(
    private readonly desk: OpenAiDesk,
    private readonly listener: CoachListener,
    private readonly caller: ToolCaller,
  ) {
    this.dialog = desk.brain.begin();
    this.calls = new ToolCalls(desk, this.dialog, caller, (event) => {
      this.emit(event);
    });
    this.line = new ProviderLine(desk, {
      session: () => ownSession(desk, this.session),
      isIdle: () => this.turn === null && this.asked === null,
      onEvent: (event) => {
        this.take(event);
      },
      onLost: () => {
        this.lost();
      },
      onRetry: (attempt, delayMs) => {
        const of = RECONNECT_TRIES;
        this.emit({ type: 'spotlight.state', state: 'reconnecting', attempt, of, in_ms: delayMs });
      },
      onGone: (reason) => {
        this.unreachable(reason);
      },
    });
    this.line.connect();
  }

  send(event: ClientEvent): void {
    if (this.isClosed) return;
    if (this.capped !== null) {
      this.capped.send(event);
      return;
    }
    // A word to be silent waits for nothing.
    if (event.type === 'response.cancel') {
      this.cancel(event);
      return;
    }
    if (this.line.isReady) this.forward(event);
    else if (event.type !== 'input_audio_buffer.append' && this.waiting.length < MOST_WAITING)
      this.waiting.push(event);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.turn?.pacer?.stop();
    this.turn = null;
    this.capped?.close();
    this.line.close();
  }

  private get upstream(): UpstreamSocket | null {
    return this.line.socket;
  }

  private emit(event: ServerEvent): void {
    if (!this.isClosed) this.listener.onEvent(event);
  }

  /** The provider is gone; what was asked of it has failed. */
  private lost(): void {
    this.asked = null;
    if (this.turn !== null) this.finish(this.turn, 'failed');
  }

  private unreachable(reason: string): void {
    this.desk.logger.error(`the coach's provider ${reason}`);
    const message = `The coach's provider ${reason}.`;
    this.emit(errorEvent({ type: 'server_error', code: 'coach_unreachable', message }));
    this.listener.onEnd('The coach cannot be reached.');
    this.close();
  }

  /** It is there: told what was said, and what waited for it. */
  private ready(): void {
    this.line.ready();
    if (this.lines.length > 0) this.tellModel(`What was said before, newest last:\n${this.lines.join('\n')}`);
    const { waiting } = this;
    this.waiting = [];
    for (const event of waiting) this.forward(event);
  }

  private forward(event: ClientEvent): void {
    const { upstream } = this;
    switch (event.type) {
      case 'session.update':
        this.session = merged(this.session, event.session);
        upstream?.send({ type: 'session.update', session: ownSession(this.desk, this.session) });
        return;
      case 'input_audio_buffer.append':
        upstream?.sendAudio(event);
        return;
      case 'conversation.item.create': {
        const text = event.item.content.map((part) => part.text).join(' ');
        this.note('trader', text);
        upstream?.send(event);
        this.answerInWords(text);
        return;
      }
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
        this.confirm(event.accept, event.id);
        return;
      case 'spotlight.call_out':
        this.callOut(event.signal_id);
        return;
      default:
        upstream?.send(event);
    }
  }

  private truncate(event: Extract<ClientEvent, { type: 'conversation.item.truncate' }>): void {
    const sentMs = this.replaced.get(event.item_id);
    if (sentMs === undefined) this.upstream?.send(event);
    else if (event.audio_end_ms > sentMs) {
      const message = `audio_end_ms is beyond the ${sentMs} ms of the item.`;
      this.emit(errorEvent({ code: 'invalid_value', message, eventId: event.event_id }));
    } else {
      const { item_id, audio_end_ms } = event;
      this.emit({ type: 'conversation.item.truncated', item_id, content_index: 0, audio_end_ms });
    }
  }

  private create(event: Extract<ClientEvent, { type: 'response.create' }>): void {
    if (this.turn !== null || this.asked !== null) {
      const message = 'A response is under way; cancel it, or wait.';
      this.emit(
        errorEvent({ code: 'conversation_already_has_active_response', message, eventId: event.event_id }),
      );
      return;
    }
    if (this.desk.meter.isCapped) {
      this.handOver();
      return;
    }
    this.asked = { eventId: event.event_id, modality: event.response?.output_modalities?.[0] };
    this.upstream?.send(event);
  }

  private cancel({
    event_id: eventId,
    response_id: id,
  }: Extract<ClientEvent, { type: 'response.cancel' }>): void {
    const { turn } = this;
    if (turn === null || (id !== undefined && id !== turn.clientId)) {
      const message = 'There is no such response under way.';
      this.emit(errorEvent({ code: 'response_cancel_not_active', message, eventId }));
      return;
    }
    turn.isCancelled = true;
    if (turn.upstreamId === null) this.finish(turn, 'cancelled', 'client_cancelled');
    else this.upstream?.sendAhead({ type: 'response.cancel', response_id: turn.upstreamId });
  }

  /** The day's money is spent: from here on the coach inside answers, beginning with what was just asked. */
  private handOver(): void {
    const { capUsd } = this.desk.meter.today;
    this.emit({ type: 'spotlight.state', state: 'capped', cap_usd: capUsd });
    this.line.close();
    let isNew = true;
    const listener: CoachListener = {
      onEvent: (event) => {
        if (!isNew) this.emit(event);
      },
      onEnd: (reason) => {
        this.listener.onEnd(reason);
      },
    };
    const local = this.desk.local.open(listener, this.caller);
    this.capped = local;
    local.send({ type: 'session.update', session: this.session });
    const text = this.lines.findLast((line) => line.startsWith('trader: '))?.slice('trader: '.length) ?? '';
    local.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
    });
    isNew = false;
    local.send({ type: 'response.create' });
  }

  private take(event: ServerEvent): void {
    switch (event.type) {
      case 'session.created':
        return;
      case 'session.updated':
        this.greet(event);
        return;
      case 'response.created':
        this.begun(event);
        return;
      case 'response.done':
        this.done(event);
        return;
      case 'error':
        this.fault(event);
        return;
      case 'conversation.item.input_audio_transcription.completed':
        this.note('trader', String(event['transcript']));
        this.emit(event);
        this.answerInWords(String(event['transcript']));
        return;
      default:
        this.pass(event);
    }
  }

  private greet(event: ServerEvent): void {
    const session = { ...(event['session'] as object), instructions: '' };
    if (!this.hasGreeted) {
      this.hasGreeted = true;
      this.emit({ ...event, type: 'session.created', session });
    } else if (this.line.isReady) this.emit({ ...event, session });
    if (!this.line.isReady) this.ready();
  }

  private begun(event: ServerEvent): void {
    const response = event['response'] as { id: string };
    const modality = this.asked?.modality;
    this.asked = null;
    const { turn } = this;
    if (turn !== null) {
      turn.upstreamId = response.id;
      turn.held = new HeldAnswer();
      return;
    }
    this.turn = newTurn(response.id, response.id, modality);
    this.emit(event);
  }

  /** Everything else: calls of tools stay here, parts of an answer wait for its check, the rest goes on. */
  private pass(event: ServerEvent): void {
    const item = event['item'] as { type?: string; role?: string; id?: string } | undefined;
    if (
      event.type.startsWith('response.function_call_arguments') ||
      item?.type?.startsWith('function_call')
    ) {
      if (event.type === 'response.output_item.done' && this.turn !== null) this.collect(item as object);
      return;
    }
    const { turn } = this;
    const isOfAnswer = event.type.startsWith('response.') || item?.role === 'assistant';
    if (item?.role === 'system') return;
    if (!isOfAnswer) this.emit(event);
    else if (
      turn !== null &&
      turn.upstreamId !== null &&
      (event['response_id'] ?? turn.upstreamId) === turn.upstreamId
    ) {
      if (this.desk.env.COACH_GROUNDING === 'off') this.emit(renamed(event, turn.clientId));
      else turn.held.add(event);
    }
  }

  private collect(item: { call_id?: unknown; name?: unknown; arguments?: unknown }): void {
    const { call_id: callId, name, arguments: text } = item;
    if (typeof callId !== 'string' || this.turn?.calls.some((call) => call.callId === callId)) return;
    this.turn?.calls.push({ callId, name: String(name), text: String(text) });
  }

  private done(event: ServerEvent): void {
    const response = event['response'] as {
      id: string;
      status: string;
      status_details?: unknown;
      usage?: Usage | null;
    };
    if (response.usage) this.meter(response.usage);
    const { turn } = this;
    if (turn?.upstreamId !== response.id) return;
    turn.upstreamId = null;
    const { calls } = turn;
    turn.calls = [];
    if (calls.length > 0) {
      this.runTools(turn, calls, response.status === 'completed');
      return;
    }
    if (turn.isCancelled || response.status === 'cancelled') {
      this.forget(turn);
      const details = response.status_details as { reason?: string } | undefined;
      this.finish(turn, 'cancelled', turn.isCancelled ? 'client_cancelled' : details?.reason);
    } else if (response.status === 'failed') this.finish(turn, 'failed');
    else if (turn.wantsAnswer) this.continueTurn(turn);
    else this.release(turn, event);
  }

  /** What was never heard was never said. */
  private forget({ held }: Turn): void {
    if (this.desk.env.COACH_GROUNDING === 'off') return;
    for (const { id } of held.messages)
      this.upstream?.send({ type: 'conversation.item.delete', item_id: id });
  }

  /** Each call is answered exactly once, whatever becomes of the turn; then one response is asked for. */
  private runTools(turn: Turn, calls: readonly ToolCall[], isWanted: boolean): void {
    const { upstream } = this;
    const run = async (call: ToolCall): Promise<void> => {
      const isTooMany = ++turn.callsMade > MOST_CALLS;
      const output =
        isTooMany || !isWanted
          ? JSON.stringify({
              error: isTooMany ? 'Too many calls in one turn. Answer now.' : 'The turn was cancelled.',
            })
          : await this.calls.run(call);
      if (this.upstream !== upstream || this.isClosed) return;
      upstream?.send({
        type: 'conversation.item.create',
        item: { type: 'function_call_output', call_id: call.callId, output },
      });
    };
    Promise.all(calls.map(run))
      .then(() => {
        if (this.turn !== turn || this.upstream !== upstream) return;
        if (turn.isCancelled || !isWanted) this.finish(turn, 'cancelled', 'client_cancelled');
        else if (turn.callsMade > 2 * MOST_CALLS) this.finish(turn, 'failed');
        else if (turn.upstreamId === null) this.continueTurn(turn);
        else turn.wantsAnswer = true;
      })
      .catch((fault: unknown) => {
        this.desk.logger.error(`tools of the coach failed: ${messageOf(fault)}`);
      });
  }

  private continueTurn(turn: Turn): void {
    turn.wantsAnswer = false;
    const { modality } = turn;
    this.asked = { eventId: undefined, modality };
    this.upstream?.send({
      type: 'response.create',
      ...(modality !== undefined && { response: { output_modalities: [modality] } }),
    });
  }

  /** A signal, in the desk's own words and voice: it costs nothing and is soon there. Never over an answer. */
  private callOut(signalId: string): void {
    const isBusy = (): boolean => this.isClosed || this.turn !== null || this.asked !== null;
    if (isBusy()) return;
    this.desk.brain
      .callOut(signalId, this.dialog, this.caller)
      .then(({ sentences }) => {
        const text = sentences.map((sentence) => sentence.text).join(' ');
        if (isBusy() || text === '') return undefined;
        const turn = newTurn(newId('resp'), null, this.session.output_modalities?.[0]);
        this.turn = turn;
        const response = {
          object: 'realtime.response',
          id: turn.clientId,
          status: 'in_progress',
          output: [],
        };
        this.emit({ type: 'response.created', response: { ...response, metadata: { kind: 'signal' } } });
        return this.replace(turn, judge(text, this.dialog, this.desk.time.nowMs())).finally(() => {
          if (this.turn === turn) this.finish(turn, 'failed');
        });
      })
      .catch((fault: unknown) => {
        this.desk.logger.error(`a signal could not be called out: ${messageOf(fault)}`);
      });
  }

  /** The answer is whole: it is heard as it is, or with what has no source left out. */
  private release(turn: Turn, event: ServerEvent): void {
    const { held } = turn;
    const verdict = judge(held.isTooLong ? '' : held.text, this.dialog, this.desk.time.nowMs());
    if (this.desk.env.COACH_GROUNDING === 'off' || (verdict.heldBack === 0 && !held.isTooLong)) {
      const sound = held.events.findIndex(({ type }) => type.endsWith('.delta'));
      held.events.forEach((one, index) => {
        if (index === sound) this.cite(turn, held.messages[0]?.id ?? '', verdict);
        this.emit(renamed(one, turn.clientId));
      });
      this.note('coach', held.text);
      this.finish(turn, 'completed', undefined, event['response'] as object);
      return;
    }
    this.desk.logger.warn(`${verdict.heldBack} sentences of the coach had no source and were held back`);
    this.replace(turn, verdict).catch((fault: unknown) => {
      this.desk.logger.error(`a corrected answer failed: ${messageOf(fault)}`);
      if (this.turn === turn) this.finish(turn, 'failed');
    });
  }

  private cite(turn: Turn, itemId: string, verdict: Verdict): void {
    for (const event of citationEvents(turn, itemId, verdict, this.desk.time.nowMs())) this.emit(event);
  }

  /** Speaks what is left of an answer with our own voice, and tells the model what was said. */
  private async replace(turn: Turn, verdict: Verdict): Promise<void> {
    this.forget(turn);
    const item = await sayOurselves(turn, verdict, {
      desk: this.desk,
      emit: (event) => {
        this.emit(event);
      },
      isCurrent: () => this.turn === turn && !turn.isCancelled,
      onBegin: () => {
        this.tellModel(`You said: ${verdict.text}`);
        this.note('coach', verdict.text);
      },
      onSent: (itemId, sentMs) => {
        this.replaced.set(itemId, sentMs);
      },
    });
    if (item !== null) this.finish(turn, 'completed', undefined, { output: [item] });
  }

  private finish(
    turn: Turn,
    status: 'completed' | 'cancelled' | 'failed',
    reason?: string,
    response: object = { output: [] },
  ): void {
    if (this.turn !== turn) return;
    turn.pacer?.stop();
    this.turn = null;
    this.emit({
      type: 'response.done',
      response: {
        object: 'realtime.response',
        usage: { total_tokens: 0, input_tokens: 0, output_tokens: 0 },
        metadata: null,
        ...response,
        id: turn.clientId,
        status,
        status_details: { type: status, ...(reason !== undefined && { reason }) },
      },
    });
  }

  private meter(usage: Usage): void {
    const usd = this.desk.meter.add(usage);
    const { today } = this.desk.meter;
    this.emit({
      type: 'spotlight.usage',
      usd,
      usd_today: today.usd,
      tokens_today: today.tokens,
      cap_usd: today.capUsd,
    });
  }

  private fault(event: ServerEvent): void {
    const given = event['error'] as {
      code?: string | null;
      message?: string;
      param?: string | null;
      event_id?: string | null;
    };
    const code = given.code ?? 'server_error';
    // Races that hurt nobody: the answer ended as it was cancelled, or the provider began one by itself.
    if (code === 'response_cancel_not_active') return;
    if (code === 'conversation_already_has_active_response' && this.asked?.eventId === undefined) return;
    if (code === 'session_expired') return;
    this.asked = null;
    if (this.turn?.upstreamId === null && this.turn.pacer === null && this.turn.wantsAnswer)
      this.finish(this.turn, 'failed');
    this.emit(
      errorEvent({
        code,
        message: FATAL.has(code)
          ? "The coach's provider refuses: look at its key, model and quota."
          : (given.message ?? code).slice(0, 300),
        ...(typeof given.param === 'string' && { param: given.param }),
        eventId: given.event_id ?? undefined,
      }),
    );
    if (!FATAL.has(code)) return;
    this.desk.logger.error(`the coach's provider refuses: ${code}`);
    this.listener.onEnd('The coach cannot be reached.');
    this.close();
  }

  /** A spoken or typed yes to what was proposed. */
  private answerInWords(text: string): void {
    const { kind } = readIntent(text, []);
    if (kind === 'yes' || kind === 'no') this.confirm(kind === 'yes');
  }

  private confirm(isAgreed: boolean, id?: string): void {
    if (!this.dialog.hasProposal(id)) return;
    this.desk.brain
      .answerProposal(this.dialog, this.caller, isAgreed, id)
      .then(({ sentences, deskAction }) => {
        if (deskAction) this.emit({ type: 'spotlight.desk_action', action: deskAction });
        this.tellModel(`The desk: ${sentences.map(({ text }) => text).join(' ')}`);
      })
      .catch((fault: unknown) => {
        this.desk.logger.error(`what the trader agreed to failed: ${messageOf(fault)}`);
      });
  }

  private tellModel(text: string): void {
    this.upstream?.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'system', content: [{ type: 'input_text', text }] },
    });
  }

  private note(who: 'trader' | 'coach', text: string): void {
    this.lines.push(`${who}: ${text.slice(0, 500)}`);
    if (this.lines.length > SUMMARY_LINES) this.lines.shift();
  }
}

function renamed(event: ServerEvent, responseId: string): ServerEvent {
  return 'response_id' in event ? { ...event, response_id: responseId } : event;
}

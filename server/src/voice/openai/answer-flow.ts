import type { ClientEvent } from '@libs/contract';
import { messageOf } from '../../common/errors.js';
import type { ServerEvent } from '../coach-link.port.js';
import { errorEvent, newId } from '../protocol.js';
import { AnswerVoice } from './answer-voice.js';
import { HeldAnswer, judge } from './held-answer.js';
import type { ProviderTalk } from './openai-desk.js';
import { costOfResponse, NO_COST, sumOf, type Cost, type Usage } from './prices.js';
import type { ProviderFault } from './provider-fault.js';
import { ToolCalls, type ToolCall } from './tool-calls.js';
import { newTurn, type Asked, type Turn } from './turn.js';

/** Calls of tools in one turn; a model that calls on and on is stopped. */
const MOST_CALLS = 10;

/** The provider's description of a response that is over. */
interface DoneResponse {
  readonly id: string;
  readonly status: string;
  readonly status_details?: { readonly reason?: string } | null;
  readonly usage?: Usage | null;
}

/** Whose answers these are. */
export interface FlowOwner {
  /** How answers are given where nothing else is asked for. */
  modality(): 'audio' | 'text';
  /** The next response could exceed the day's money: it was not asked for. */
  onCapped(): void;
  /** An answer is over; the next one may be asked for. */
  onIdle(): void;
}

/** How answers come about: asked for, with tools in between, until they are whole or cancelled. One at a time. */
export class AnswerFlow {
  private readonly calls: ToolCalls;
  private readonly voice: AnswerVoice;
  private turn: Turn | null = null;
  /** Whether a response was asked for that has not begun. */
  private asked: Asked | null = null;
  /** Gives back what was reserved for the response under way. */
  private release = (): void => undefined;
  /** What this conversation has cost. */
  private spent = NO_COST;

  constructor(
    private readonly talk: ProviderTalk,
    private readonly owner: FlowOwner,
  ) {
    this.calls = new ToolCalls(talk);
    this.voice = new AnswerVoice(talk, (turn) => this.turn === turn);
  }

  /** Whether nothing is being asked or answered. */
  get isIdle(): boolean {
    return this.turn === null && this.asked === null;
  }

  /** Whether the provider is asked again without anybody's doing, once tools have answered. */
  get willAsk(): boolean {
    const { turn } = this;
    return turn !== null && turn.upstreamId === null && turn.pacer === null && !turn.isCancelled;
  }

  /** Asks the provider for an answer, where the day's money does. */
  ask(event: Extract<ClientEvent, { type: 'response.create' }>): void {
    const modality = event.response?.output_modalities?.[0];
    if (!this.reserve(modality)) {
      this.owner.onCapped();
      return;
    }
    this.asked = { eventId: event.event_id, modality };
    this.talk.upstream()?.send(event);
  }

  cancel({ event_id: eventId, response_id: id }: Extract<ClientEvent, { type: 'response.cancel' }>): void {
    const { turn } = this;
    if (turn === null || (id !== undefined && id !== turn.clientId)) {
      const message = 'There is no such response under way.';
      this.talk.emit(errorEvent({ code: 'response_cancel_not_active', message, eventId }));
      return;
    }
    turn.isCancelled = true;
    if (turn.upstreamId !== null) this.cancelUpstream(turn.upstreamId);
    // A response that was asked for and has not begun is cancelled when it does.
    else if (this.asked === null) this.finish(turn, 'cancelled', 'client_cancelled');
  }

  truncate(event: Extract<ClientEvent, { type: 'conversation.item.truncate' }>): void {
    this.voice.truncate(event);
  }

  /** The provider is gone; what was asked of it has failed. */
  lost(): void {
    this.release();
    this.asked = null;
    if (this.turn !== null) this.finish(this.turn, 'failed');
  }

  /** Nothing more is said. */
  close(): void {
    this.release();
    this.turn?.pacer?.stop();
    this.turn = null;
  }

  begun(event: ServerEvent): void {
    const response = event['response'] as { id: string };
    const modality = this.asked?.modality;
    this.asked = null;
    const { turn } = this;
    if (turn !== null) {
      turn.upstreamId = response.id;
      turn.held = new HeldAnswer();
      if (turn.isCancelled) this.cancelUpstream(response.id);
      return;
    }
    this.turn = newTurn(response.id, response.id, modality);
    this.talk.emit(event);
  }

  /** A part of what the provider does: calls of tools stay here, parts of an answer wait for its check, the rest goes on. */
  pass(event: ServerEvent): void {
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
    if (!isOfAnswer) this.talk.emit(event);
    else if (
      turn !== null &&
      turn.upstreamId !== null &&
      (event['response_id'] ?? turn.upstreamId) === turn.upstreamId
    )
      this.voice.take(turn, event);
  }

  done(event: ServerEvent): void {
    const response = event['response'] as DoneResponse;
    this.release();
    if (response.usage) {
      this.talk.forecast.learn(response.usage);
      this.count(costOfResponse(response.usage, this.talk.desk.env.COACH_PRICES));
    }
    const { turn } = this;
    if (turn?.upstreamId !== response.id) return;
    turn.upstreamId = null;
    const { calls } = turn;
    turn.calls = [];
    if (calls.length > 0) this.runTools(turn, calls, response.status === 'completed');
    else if (turn.isCancelled || response.status === 'cancelled') {
      this.voice.forget(turn);
      const reason = turn.isCancelled ? 'client_cancelled' : response.status_details?.reason;
      this.finish(turn, 'cancelled', reason);
    } else if (response.status === 'failed') this.finish(turn, 'failed');
    else if (turn.wantsAnswer) this.continueTurn(turn);
    else this.letBeHeard(turn, response);
  }

  /** What was asked for will not come. Returns whether the client is told of it: some races hurt nobody. */
  refused({ code }: ProviderFault): boolean {
    if (code === 'response_cancel_not_active' || code === 'session_expired') return false;
    // The provider began one by itself.
    if (code === 'conversation_already_has_active_response' && this.asked?.eventId === undefined)
      return false;
    if (this.asked !== null) this.release();
    this.asked = null;
    const { turn } = this;
    if (turn?.upstreamId === null && turn.pacer === null && turn.wantsAnswer) this.finish(turn, 'failed');
    return true;
  }

  /** A signal, in the desk's own words and voice: it costs nothing and is soon there. Never over an answer. */
  async callOut(signalId: string, modality: Asked['modality']): Promise<void> {
    const isBusy = (): boolean => !this.isIdle;
    if (isBusy()) return;
    const { desk, dialog, caller } = this.talk;
    const { sentences } = await desk.brain.callOut(signalId, dialog, caller);
    const text = sentences.map((sentence) => sentence.text).join(' ');
    if (isBusy() || text === '') return;
    const turn = newTurn(newId('resp'), null, modality);
    this.turn = turn;
    const response = { object: 'realtime.response', id: turn.clientId, status: 'in_progress', output: [] };
    this.talk.emit({ type: 'response.created', response: { ...response, metadata: { kind: 'signal' } } });
    const item = await this.voice
      .replace(turn, judge(text, dialog, desk.time.nowMs()))
      .catch((fault: unknown) => {
        desk.logger.error(`a signal could not be called out: ${messageOf(fault)}`);
        return null;
      });
    if (item === null) this.finish(turn, 'failed');
    else this.finish(turn, 'completed', undefined, { output: [item] });
  }

  private cancelUpstream(responseId: string): void {
    this.talk.upstream()?.sendAhead({ type: 'response.cancel', response_id: responseId });
  }

  private collect(item: { call_id?: unknown; name?: unknown; arguments?: unknown }): void {
    const { call_id: callId, name, arguments: text } = item;
    if (typeof callId !== 'string' || this.turn?.calls.some((call) => call.callId === callId)) return;
    this.turn?.calls.push({ callId, name: String(name), text: String(text) });
  }

  /** Each call is answered exactly once, whatever becomes of the turn; then one response is asked for. */
  private runTools(turn: Turn, calls: readonly ToolCall[], isWanted: boolean): void {
    const { upstream, desk } = this.talk;
    const socket = upstream();
    const allowed = isWanted ? MOST_CALLS - turn.callsMade : 0;
    turn.callsMade += calls.length;
    this.calls
      .answerAll(calls, allowed, isWanted, (answer) => {
        if (upstream() !== socket) return;
        this.talk.forecast.addText(JSON.stringify(answer).length);
        socket?.send(answer);
      })
      .then(() => {
        if (this.turn !== turn || upstream() !== socket) return;
        if (turn.isCancelled || !isWanted) this.finish(turn, 'cancelled', 'client_cancelled');
        else if (turn.callsMade > 2 * MOST_CALLS) this.finish(turn, 'failed');
        else if (turn.upstreamId === null) this.continueTurn(turn);
        else turn.wantsAnswer = true;
      })
      .catch((fault: unknown) => {
        desk.logger.error(`tools of the coach failed: ${messageOf(fault)}`);
      });
  }

  private continueTurn(turn: Turn): void {
    turn.wantsAnswer = false;
    const { modality } = turn;
    if (!this.reserve(modality)) {
      this.finish(turn, 'cancelled', 'capped');
      this.owner.onCapped();
      return;
    }
    this.asked = { eventId: undefined, modality };
    this.talk.upstream()?.send({
      type: 'response.create',
      ...(modality !== undefined && { response: { output_modalities: [modality] } }),
    });
  }

  /** The answer is whole: it is heard as it is, or with what has no source left out. */
  private letBeHeard(turn: Turn, response: object): void {
    const { logger } = this.talk.desk;
    const verdict = this.voice.judge(turn);
    if (this.voice.pass(turn, verdict)) {
      this.finish(turn, 'completed', undefined, response);
      return;
    }
    logger.warn(`${verdict.heldBack} sentences of the coach had no source and were held back`);
    this.voice
      .replace(turn, verdict)
      .then((item) => {
        if (item !== null) this.finish(turn, 'completed', undefined, { output: [item] });
      })
      .catch((fault: unknown) => {
        logger.error(`a corrected answer failed: ${messageOf(fault)}`);
        this.finish(turn, 'failed');
      });
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
    this.talk.emit({
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
    this.owner.onIdle();
  }

  /** Counts what was spent, and tells the client. */
  count(cost: Cost): void {
    const { meter } = this.talk.desk;
    this.spent = sumOf(this.spent, cost);
    meter.add(cost);
    const { today } = meter;
    this.talk.emit({
      type: 'spotlight.usage',
      usd: cost.usd,
      usd_session: this.spent.usd,
      tokens_session: this.spent.tokens,
      seconds_session: this.spent.seconds,
      usd_today: today.usd,
      tokens_today: today.tokens,
      seconds_today: today.seconds,
      cap_usd: today.capUsd,
    });
  }

  /** Whether the day's money does for one more response; then it is held for it. */
  private reserve(modality: Asked['modality']): boolean {
    const { desk, forecast } = this.talk;
    const release = desk.meter.reserve(forecast.mostUsd(modality ?? this.owner.modality()));
    if (release === null) return false;
    this.release();
    this.release = release;
    forecast.asked();
    return true;
  }
}

import { readIntent } from '@libs/coach';
import type { ClientEvent, ClientSession } from '@libs/contract';
import type { ToolCaller } from '../../coach/index.js';
import { messageOf } from '../../common/errors.js';
import type { CoachLink, CoachListener, ServerEvent } from '../coach-link.port.js';
import { errorEvent } from '../protocol.js';
import { AnswerFlow } from './answer-flow.js';
import { goOnLocally } from './capped-talk.js';
import { MAX_OUTPUT_TOKENS } from './instructions.js';
import { tellModel, type OpenAiDesk, type ProviderTalk } from './openai-desk.js';
import { clientView, merged, ownSession } from './own-session.js';
import { CostForecast, costOfTranscription } from './prices.js';
import { readFault } from './provider-fault.js';
import { ProviderLine, RECONNECT_TRIES } from './provider-line.js';
import { SaidLines } from './said-lines.js';
import { SpeechTurns } from './speech-turns.js';

/** Events of the client that wait for the provider. */
const MOST_WAITING = 300;

/** One conversation with the provider: its tools run here, its answers are held until their figures have a source. */
export class OpenAiLink implements CoachLink {
  private readonly talk: ProviderTalk;
  private readonly flow: AnswerFlow;
  private readonly line: ProviderLine;
  private readonly speech = new SpeechTurns();
  private isClosed = false;
  private hasGreeted = false;
  private waiting: ClientEvent[] = [];
  private session: ClientSession = {};
  /** What the trader looks at, where the model does not know it yet. */
  private chart: string | null = null;
  private isHandOverDue = false;
  /** The coach inside, once the day's money is spent. */
  private capped: CoachLink | null = null;

  constructor(
    private readonly desk: OpenAiDesk,
    private readonly listener: CoachListener,
    caller: ToolCaller,
  ) {
    this.talk = {
      desk,
      dialog: desk.brain.begin(),
      caller,
      said: new SaidLines(),
      forecast: new CostForecast(desk.env.COACH_PRICES, MAX_OUTPUT_TOKENS),
      emit: (event) => {
        this.emit(event);
      },
      upstream: () => this.line.socket,
    };
    this.flow = new AnswerFlow(this.talk, {
      modality: () => this.session.output_modalities?.[0] ?? 'audio',
      onCapped: () => {
        this.capReached();
      },
      onIdle: () => {
        if (this.speech.takeOwed()) this.answerSpeech();
      },
    });
    this.line = new ProviderLine(desk, {
      session: () => ownSession(desk, this.session),
      isIdle: () => this.flow.isIdle,
      onEvent: (event) => {
        this.take(event);
      },
      onLost: () => {
        this.flow.lost();
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
    if (event.type === 'response.cancel') this.flow.cancel(event);
    else if (this.line.isReady) this.forward(event);
    else if (event.type !== 'input_audio_buffer.append' && this.waiting.length < MOST_WAITING)
      this.waiting.push(event);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.flow.close();
    this.capped?.close();
    this.line.close();
  }

  private emit(event: ServerEvent): void {
    if (!this.isClosed) this.listener.onEvent(event);
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
    this.talk.forecast.begin(JSON.stringify(ownSession(this.desk, this.session)).length);
    const { summary } = this.talk.said;
    if (summary !== null) tellModel(this.talk, summary);
    const { waiting } = this;
    this.waiting = [];
    for (const event of waiting) this.forward(event);
  }

  private forward(event: ClientEvent): void {
    const { socket } = this.line;
    switch (event.type) {
      case 'session.update':
        this.session = merged(this.session, event.session);
        socket?.send({ type: 'session.update', session: ownSession(this.desk, this.session) });
        return;
      case 'input_audio_buffer.append':
        this.talk.forecast.addSound(event.audio);
        socket?.sendAudio(event);
        return;
      case 'input_audio_buffer.commit':
        this.speech.commitSent();
        socket?.send(event);
        return;
      case 'conversation.item.create':
        this.talk.forecast.addText(JSON.stringify(event.item).length);
        socket?.send(event);
        this.heard(event.item.content.map((part) => part.text).join(' '));
        return;
      case 'conversation.item.truncate':
        this.flow.truncate(event);
        return;
      case 'response.create':
        this.create(event);
        return;
      case 'response.cancel':
        this.flow.cancel(event);
        return;
      case 'spotlight.confirm':
        this.confirm(event.accept, event.id);
        return;
      case 'spotlight.call_out':
        this.callOut(event.signal_id);
        return;
      case 'spotlight.chart':
        this.talk.dialog.focus = event.symbol;
        this.chart = `${event.symbol} ${event.timeframe}`;
        return;
      default:
        socket?.send(event);
    }
  }

  private create(event: Extract<ClientEvent, { type: 'response.create' }>): void {
    if (!this.flow.isIdle) {
      const message = 'A response is under way; cancel it, or wait.';
      const code = 'conversation_already_has_active_response';
      this.emit(errorEvent({ code, message, eventId: event.event_id }));
    } else {
      this.tellChart();
      this.flow.ask(event);
    }
  }

  /** The trader paused. The answer is asked for here and not by the provider itself, so that none goes over the cap. */
  private answerSpeech(): void {
    if (this.session.audio?.input?.turn_detection?.create_response === false) return;
    if (this.flow.isIdle) this.create({ type: 'response.create' });
    // Between two calls of tools the provider is asked again anyway.
    else if (!this.flow.willAsk) this.speech.owe();
  }

  /** What was said aloud has to be written down first: the coach inside answers words. */
  private capReached(): void {
    if (!this.speech.isUnwritten) this.handOver();
    else this.isHandOverDue = true;
  }

  /** What the trader looks at goes with the next question; charts nobody asks about cost nothing. */
  private tellChart(): void {
    if (this.chart === null) return;
    tellModel(this.talk, `The trader's chart shows ${this.chart}.`);
    this.chart = null;
  }

  /** The next answer could cost more than is left of the day's money: from here on the coach inside answers. */
  private handOver(): void {
    if (this.capped !== null) return;
    const { capUsd } = this.desk.meter.today;
    this.emit({ type: 'spotlight.state', state: 'capped', cap_usd: capUsd });
    this.line.close();
    this.capped = goOnLocally(this.talk, this.session, {
      onEvent: (event) => {
        this.emit(event);
      },
      onEnd: (reason) => {
        this.listener.onEnd(reason);
      },
    });
  }

  private take(event: ServerEvent): void {
    switch (event.type) {
      case 'session.created':
        return;
      case 'session.updated':
        this.greet(event);
        return;
      case 'response.created':
        this.flow.begun(event);
        return;
      case 'response.done':
        this.flow.done(event);
        return;
      case 'error':
        this.fault(event);
        return;
      case 'input_audio_buffer.committed':
        this.emit(event);
        if (this.speech.committed()) this.answerSpeech();
        return;
      case 'conversation.item.input_audio_transcription.completed':
        this.emit(event);
        this.flow.count(costOfTranscription(event['usage'] ?? {}, this.desk.env.COACH_PRICES));
        this.heard(String(event['transcript']));
        this.written();
        return;
      case 'conversation.item.input_audio_transcription.failed':
        this.emit(event);
        this.written();
        return;
      default:
        this.flow.pass(event);
    }
  }

  private written(): void {
    this.speech.written();
    if (this.isHandOverDue) this.handOver();
  }

  private greet(event: ServerEvent): void {
    const session = clientView(event['session'] as object, this.session);
    if (!this.hasGreeted) {
      this.hasGreeted = true;
      this.emit({ ...event, type: 'session.created', session });
    } else if (this.line.isReady) this.emit({ ...event, session });
    if (!this.line.isReady) this.ready();
  }

  private fault(event: ServerEvent): void {
    const fault = readFault(event);
    if (fault.code === 'input_audio_buffer_commit_empty') this.speech.commitRefused();
    if (!this.flow.refused(fault)) return;
    this.emit(fault.event);
    if (!fault.isFatal) return;
    this.desk.logger.error(`the coach's provider refuses: ${fault.code}`);
    this.listener.onEnd('The coach cannot be reached.');
    this.close();
  }

  /** What the trader said; a yes or a no is the word on what was proposed. */
  private heard(text: string): void {
    this.talk.said.note('trader', text);
    const { kind } = readIntent(text, []);
    if (kind === 'yes' || kind === 'no') this.confirm(kind === 'yes');
  }

  private callOut(signalId: string): void {
    this.flow.callOut(signalId, this.session.output_modalities?.[0]).catch((fault: unknown) => {
      this.desk.logger.error(`a signal could not be called out: ${messageOf(fault)}`);
    });
  }

  private confirm(isAgreed: boolean, id?: string): void {
    const { dialog, caller } = this.talk;
    if (!dialog.hasProposal(id)) return;
    this.desk.brain
      .answerProposal(dialog, caller, isAgreed, id)
      .then(({ sentences, deskAction }) => {
        if (deskAction) this.emit({ type: 'spotlight.desk_action', action: deskAction });
        tellModel(this.talk, `The desk: ${sentences.map(({ text }) => text).join(' ')}`);
      })
      .catch((fault: unknown) => {
        this.desk.logger.error(`what the trader agreed to failed: ${messageOf(fault)}`);
      });
  }
}

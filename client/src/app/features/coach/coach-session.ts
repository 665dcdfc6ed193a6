import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { ClientEvent } from '@libs/contract';
import { MarketStore } from '../../data-access/market-store';
import { SettingsStore } from '../../data-access/settings-store';
import { AnswerPlayback } from './answer-playback';
import { CoachNews } from './coach-news';
import { phaseOf, type CoachFacts } from './coach-phase';
import { DeskActions } from './desk-actions';
import { base64OfSamples } from './pcm-base64';
import { TraderVoice, type MicrophoneUse } from './trader-voice';
import { UnsentWords } from './unsent-words';
import { VoiceLine, type LineState, type VoiceEvent } from './voice-line';

/** A question that gets no sign of life in this time: the line is dead, whatever it says. */
const ANSWER_WITHIN_MS = 15_000;
/** Races that hurt nobody. */
const HARMLESS = new Set([
  'response_cancel_not_active',
  'item_not_found',
  'invalid_value',
  'input_audio_buffer_commit_empty',
]);

/** One conversation with the coach: the line, the microphone, what is played, and what is to be read of it. */
@Injectable({ providedIn: 'root' })
export class CoachSession {
  private readonly chart = inject(MarketStore).selection;
  private readonly settings = inject(SettingsStore).all;
  private readonly lineState = signal<LineState>({ kind: 'asleep' });
  private readonly isAsking = signal(false);
  private readonly activeResponse = signal<string | null>(null);
  private readonly said = signal('');
  private readonly actions = inject(DeskActions);
  private readonly news = new CoachNews((action) => {
    void this.actions.do(action).then((fault) => {
      if (fault !== null) this.trouble.set(fault);
    });
  });
  private readonly trouble = signal<string | null>(null);

  private readonly line = new VoiceLine({
    onEvent: (event) => {
      this.take(event);
    },
    onState: (state) => {
      this.onLine(state);
    },
  });
  private readonly playback = new AnswerPlayback(({ itemId, heardMs }) => {
    this.send({
      type: 'conversation.item.truncate',
      item_id: itemId,
      content_index: 0,
      audio_end_ms: heardMs,
    });
  });
  private readonly voice = new TraderVoice({
    onSound: (samples) => {
      this.line.send({ type: 'input_audio_buffer.append', audio: base64OfSamples(samples) });
    },
    onSpeech: () => {
      this.silence();
    },
    onWords: (text) => {
      this.ask(text);
    },
  });
  private readonly unsent = new UnsentWords();
  /** Asked for while another answer was being ended. */
  private wantsAnswer = false;
  private answerTimer: ReturnType<typeof setTimeout> | undefined;

  readonly facts = computed<CoachFacts>(() => ({
    line: this.lineState(),
    providerTry: this.news.providerTry(),
    isSpeaking: this.playback.isPlaying(),
    isThinking: this.isAsking() || this.activeResponse() !== null,
    isListening: this.voice.isOpen(),
    isCapped: this.news.isCapped(),
  }));
  readonly phase = computed(() => phaseOf(this.facts()));
  readonly isOn = computed(() => this.lineState().kind !== 'asleep');
  readonly use = this.voice.use;
  /** What the trader said last. */
  readonly question = this.said.asReadonly();
  readonly answer = this.playback.answer;
  /** Characters of the answer that were heard. */
  readonly heardUpTo = this.playback.heardUpTo;
  readonly proposal = this.news.proposal;
  readonly cost = this.news.cost;
  /** What the trader should know of, `null` for nothing. */
  readonly notice = this.trouble.asReadonly();
  /** Whether the coach inside answers, which costs nothing; `null` before one has answered. */
  readonly isLocal = this.news.isLocal;

  constructor() {
    effect(() => {
      this.chart();
      untracked(() => {
        this.tellChart();
      });
    });
  }

  switchOn(): void {
    this.playback.wake();
    this.line.open();
  }

  /** Silent, and nothing is heard any more. */
  switchOff(): void {
    this.silence();
    this.voice.close();
    this.unsent.take();
    this.line.close();
  }

  /** Types or dictates a question; whatever is being said ends. */
  ask(text: string): void {
    const words = text.trim();
    if (words === '') return;
    this.silence();
    this.said.set(words);
    this.trouble.set(null);
    this.switchOn();
    this.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: words }] },
    });
    this.wantAnswer();
  }

  /** Stops whatever is being said, at once. Whether there was something. */
  silence(): boolean {
    const wasSpeaking = this.playback.stop();
    const active = this.activeResponse();
    if (active !== null) this.send({ type: 'response.cancel' });
    this.isAsking.set(false);
    this.wantsAnswer = false;
    clearTimeout(this.answerTimer);
    return wasSpeaking || active !== null;
  }

  /** The trader's word on what the coach asked. */
  confirm(accept: boolean): void {
    const proposal = this.news.takeProposal();
    if (proposal === null) return;
    this.silence();
    this.send({ type: 'spotlight.confirm', id: proposal.id, accept });
  }

  /**
   * Speaks of a signal, unless something is being said by either side. Whether it was put to the coach; where it sleeps,
   * it wakes for it.
   */
  callOut(signalId: string): boolean {
    const { isSpeaking, isThinking } = this.facts();
    if (isSpeaking || isThinking || this.voice.isHearing() || this.voice.use() === 'held') return false;
    this.switchOn();
    this.send({ type: 'spotlight.call_out', signal_id: signalId });
    return true;
  }

  /** Listens all the time, or no longer. */
  async toggleHandsFree(): Promise<void> {
    if (this.voice.use() === 'hands-free') this.voice.close();
    else await this.openMicrophone('hands-free');
  }

  /** Listens while it is held. */
  async startTalking(): Promise<void> {
    this.silence();
    if (!this.voice.isOpen()) await this.openMicrophone('held');
  }

  /** Let go: what was said is answered. */
  stopTalking(): void {
    if (this.voice.use() !== 'held') return;
    const { hasSaid } = this.voice;
    this.voice.close();
    if (!hasSaid) return;
    this.send({ type: 'input_audio_buffer.commit' });
    this.wantAnswer();
  }

  private async openMicrophone(use: MicrophoneUse): Promise<void> {
    this.voice.prepare(use);
    this.switchOn();
    this.trouble.set(null);
    this.send({ type: 'session.update', session: sessionFor(use) });
    const fault = await this.voice.open(() => this.settings().dictation && this.isLocal() !== false);
    if (fault !== null) this.trouble.set(fault);
  }

  private wantAnswer(): void {
    this.isAsking.set(true);
    this.answerTimer = setTimeout(() => {
      this.line.giveUp();
    }, ANSWER_WITHIN_MS);
    // One answer at a time: the one under way is being ended.
    if (this.activeResponse() === null) this.send({ type: 'response.create' });
    else this.wantsAnswer = true;
  }

  private send(event: ClientEvent): void {
    if (!this.line.send(event)) this.unsent.keep(event);
  }

  /** What the trader looks at, so that "it" means that. */
  private tellChart(): void {
    const { symbol, timeframe } = this.chart();
    if (symbol !== '') this.line.send({ type: 'spotlight.chart', symbol, timeframe });
  }

  private onLine(state: LineState): void {
    const before = this.lineState().kind;
    this.lineState.set(state);
    if (state.kind === 'open') {
      const unsent = this.unsent.take();
      this.tellChart();
      if (this.voice.isOpen())
        this.line.send({ type: 'session.update', session: sessionFor(this.voice.use()) });
      for (const event of unsent) this.line.send(event);
      return;
    }
    if (before !== 'open') return;
    // What was asked of a line that is gone has no answer.
    const wasAsked = this.isAsking() || this.activeResponse() !== null;
    clearTimeout(this.answerTimer);
    this.playback.stop();
    this.activeResponse.set(null);
    this.isAsking.set(false);
    this.wantsAnswer = false;
    this.news.lineLost();
    if (wasAsked && state.kind === 'waiting') this.trouble.set('The line broke off. Ask again.');
    if (state.kind === 'asleep') this.voice.close();
  }

  private take(event: VoiceEvent): void {
    clearTimeout(this.answerTimer);
    switch (event.type) {
      case 'session.created':
        this.news.meet(event['session'] as object);
        return;
      case 'response.created': {
        const { id } = event['response'] as { id: string };
        this.playback.begin(id);
        this.isAsking.set(false);
        this.activeResponse.set(id);
        return;
      }
      case 'response.done':
        this.onDone(event['response'] as { id: string; status: string });
        return;
      case 'input_audio_buffer.speech_started':
        this.playback.stop();
        return;
      case 'conversation.item.input_audio_transcription.completed':
        this.said.set(String(event['transcript']).trim());
        return;
      case 'error':
        this.fault(event['error'] as { code: string | null; message: string });
        return;
      default:
        this.playback.take(event);
        this.news.take(event);
    }
  }

  private fault({ code, message }: { code: string | null; message: string }): void {
    if (HARMLESS.has(code ?? '')) return;
    this.isAsking.set(false);
    this.trouble.set(message);
  }

  private onDone({ id, status }: { id: string; status: string }): void {
    if (this.activeResponse() !== id) return;
    this.activeResponse.set(null);
    this.news.answered();
    this.playback.complete(id);
    if (status === 'failed') this.trouble.set('The answer failed. Ask again.');
    if (!this.wantsAnswer) return;
    this.wantsAnswer = false;
    this.send({ type: 'response.create' });
  }
}

/** Held, the trader says when a turn is over; hands-free, a pause does. */
function sessionFor(use: MicrophoneUse): Extract<ClientEvent, { type: 'session.update' }>['session'] {
  return { audio: { input: { turn_detection: use === 'held' ? null : { type: 'server_vad' } } } };
}

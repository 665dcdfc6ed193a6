import { computed, inject, Injectable, signal } from '@angular/core';
import { EnergyVad, PCM_RATE_HZ } from '@libs/coach';
import type { ClientEvent } from '@libs/contract';
import { isTimeframe } from '@libs/bars';
import { MarketStore } from '../../data-access/market-store';
import { SettingsStore } from '../../data-access/settings-store';
import { Dictation } from './dictation';
import { Microphone, MicrophoneFault } from './microphone';
import { base64OfSamples, samplesOfBase64 } from './pcm-base64';
import { Player } from './player';
import { phaseOf, type CoachFacts } from './coach-phase';
import {
  cutShort,
  heardCharacters,
  newAnswer,
  withSound,
  withWords,
  type SpokenAnswer,
} from './spoken-answer';
import { VoiceLine, type LineState, type VoiceEvent } from './voice-line';

/** Something the coach asks before it is done. */
export interface Proposal {
  readonly id: string;
  readonly question: string;
}

/** What today has cost, as the server meters it. */
export interface CostToday {
  readonly usd: number;
  readonly capUsd: number;
}

/** How the trader's voice gets in. */
export type MicrophoneUse = 'off' | 'hands-free' | 'held';

/** A question that gets no sign of life in this time: the line is dead, whatever it says. */
const ANSWER_WITHIN_MS = 15_000;
/** How often the captions follow what is heard. */
const CAPTION_EVERY_MS = 80;
const LOCAL_MODEL = 'spotlight-local';
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
  private readonly market = inject(MarketStore);
  private readonly settings = inject(SettingsStore).all;
  private readonly lineState = signal<LineState>({ kind: 'asleep' });
  private readonly playing = signal(false);
  private readonly isHearing = signal(false);
  private readonly isAsking = signal(false);
  private readonly activeResponse = signal<string | null>(null);
  private readonly cap = signal(false);
  private readonly providerTry = signal<number | null>(null);
  private readonly microphoneUse = signal<MicrophoneUse>('off');
  private readonly model = signal<string | null>(null);
  private readonly said = signal('');
  private readonly current = signal<SpokenAnswer | null>(null);
  private readonly heard = signal(0);
  private readonly open = signal<Proposal | null>(null);
  private readonly spent = signal<CostToday | null>(null);
  private readonly trouble = signal<string | null>(null);

  private readonly line = new VoiceLine({
    onEvent: (event) => {
      this.take(event);
    },
    onState: (state) => {
      this.onLine(state);
    },
  });
  private readonly player = new Player((isPlaying) => {
    this.playing.set(isPlaying);
    this.followCaption(isPlaying);
  });
  private readonly microphone = new Microphone((samples) => {
    this.hear(samples);
  });
  private readonly dictation = new Dictation((text) => {
    this.ask(text);
  });
  private readonly vad = new EnergyVad();
  /** Said before the line was open. */
  private waiting: ClientEvent[] = [];
  /** Asked for while another answer was being ended. */
  private wantsAnswer = false;
  /** Answers that were silenced; what still comes of them is dropped. The newest few. */
  private silenced: string[] = [];
  private speakingItem = '';
  /** Milliseconds sent since T was pressed. */
  private heldMs = 0;
  private captionTimer: ReturnType<typeof setInterval> | undefined;
  private answerTimer: ReturnType<typeof setTimeout> | undefined;

  readonly facts = computed<CoachFacts>(() => ({
    line: this.lineState(),
    providerTry: this.providerTry(),
    isSpeaking: this.playing(),
    isThinking: this.isAsking() || this.activeResponse() !== null,
    isListening: this.isHearing() || this.microphoneUse() !== 'off',
    isCapped: this.cap(),
  }));
  readonly phase = computed(() => phaseOf(this.facts()));
  readonly isOn = computed(() => this.lineState().kind !== 'asleep');
  readonly use = this.microphoneUse.asReadonly();
  /** What the trader said last. */
  readonly question = this.said.asReadonly();
  readonly answer = this.current.asReadonly();
  /** Characters of the answer that were heard. */
  readonly heardUpTo = this.heard.asReadonly();
  readonly proposal = this.open.asReadonly();
  readonly cost = this.spent.asReadonly();
  /** What the trader should know of, `null` for nothing. */
  readonly notice = this.trouble.asReadonly();
  /** Whether the coach inside answers, which costs nothing; `null` before one has answered. */
  readonly isLocal = computed(() => (this.model() === null ? null : this.model() === LOCAL_MODEL));

  switchOn(): void {
    this.player.wake();
    this.line.open();
  }

  /** Silent, and nothing is heard any more. */
  switchOff(): void {
    this.silence();
    this.closeMicrophone();
    this.waiting = [];
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
    const wasSpeaking = this.stopSpeech();
    const active = this.activeResponse();
    if (active !== null) this.send({ type: 'response.cancel' });
    this.isAsking.set(false);
    this.wantsAnswer = false;
    clearTimeout(this.answerTimer);
    return wasSpeaking || active !== null;
  }

  /** The trader's word on what the coach asked. */
  confirm(accept: boolean): void {
    const proposal = this.open();
    if (proposal === null) return;
    this.open.set(null);
    this.silence();
    this.send({ type: 'spotlight.confirm', id: proposal.id, accept });
  }

  /**
   * Speaks of a signal, unless something is being said by either side. Whether it was put to the coach; where it sleeps,
   * it wakes for it.
   */
  callOut(signalId: string): boolean {
    const { isSpeaking, isThinking } = this.facts();
    if (isSpeaking || isThinking || this.isHearing() || this.microphoneUse() === 'held') return false;
    this.switchOn();
    this.send({ type: 'spotlight.call_out', signal_id: signalId });
    return true;
  }

  /** Listens all the time, or no longer. */
  async toggleHandsFree(): Promise<void> {
    if (this.microphoneUse() === 'hands-free') this.closeMicrophone();
    else await this.openMicrophone('hands-free');
  }

  /** Listens while it is held. */
  async startTalking(): Promise<void> {
    if (this.microphoneUse() !== 'off') {
      this.silence();
      return;
    }
    this.silence();
    await this.openMicrophone('held');
  }

  /** Let go: what was said is answered. */
  stopTalking(): void {
    if (this.microphoneUse() !== 'held') return;
    const hasSaid = this.heldMs >= 100 && !this.dictation.isOn;
    this.closeMicrophone();
    if (!hasSaid) return;
    this.send({ type: 'input_audio_buffer.commit' });
    this.wantAnswer();
  }

  private async openMicrophone(use: MicrophoneUse): Promise<void> {
    this.microphoneUse.set(use);
    this.heldMs = 0;
    this.vad.reset();
    this.switchOn();
    this.trouble.set(null);
    this.send({ type: 'session.update', session: sessionFor(use) });
    try {
      await this.microphone.open();
    } catch (fault) {
      this.trouble.set(fault instanceof MicrophoneFault ? fault.message : String(fault));
      this.closeMicrophone();
      return;
    }
    // Let go, or closed, while the browser was asking.
    if (this.microphoneUse() === 'off') this.microphone.close();
    else if (this.settings().dictation && this.isLocal() !== false) this.dictation.start();
  }

  private closeMicrophone(): void {
    this.microphone.close();
    this.dictation.stop();
    this.microphoneUse.set('off');
    this.isHearing.set(false);
  }

  /** A piece of the trader's voice: goes on its way, and ends the coach's own when it is speech. */
  private hear(samples: Int16Array): void {
    const use = this.microphoneUse();
    if (use === 'off') return;
    for (const { kind } of this.vad.push(samples)) {
      this.isHearing.set(kind === 'started');
      if (kind === 'started') this.silence();
    }
    this.heldMs += (samples.length * 1_000) / PCM_RATE_HZ;
    // Words the browser writes down need no sound on the way.
    if (!this.dictation.isOn)
      this.line.send({ type: 'input_audio_buffer.append', audio: base64OfSamples(samples) });
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
    if (this.line.send(event)) return;
    // Nothing to be silent about; and of several questions on a dead line only the newest matters.
    if (event.type === 'conversation.item.create' || event.type === 'spotlight.call_out')
      this.waiting = [event];
    else if (event.type === 'response.create' && this.waiting.length > 0)
      this.waiting = [...this.waiting.slice(0, 1), event];
  }

  private onLine(state: LineState): void {
    const before = this.lineState().kind;
    this.lineState.set(state);
    if (state.kind === 'open') {
      const { waiting } = this;
      this.waiting = [];
      if (this.microphoneUse() !== 'off')
        this.line.send({ type: 'session.update', session: sessionFor(this.microphoneUse()) });
      for (const event of waiting) this.line.send(event);
      return;
    }
    if (before !== 'open') return;
    // What was asked of a line that is gone has no answer.
    const wasAsked = this.isAsking() || this.activeResponse() !== null;
    clearTimeout(this.answerTimer);
    this.stopSpeech();
    this.activeResponse.set(null);
    this.isAsking.set(false);
    this.wantsAnswer = false;
    this.open.set(null);
    this.cap.set(false);
    this.providerTry.set(null);
    if (wasAsked && state.kind === 'waiting') this.trouble.set('The line broke off. Ask again.');
    if (state.kind === 'asleep') this.closeMicrophone();
  }

  private take(event: VoiceEvent): void {
    clearTimeout(this.answerTimer);
    switch (event.type) {
      case 'session.created': {
        const { model } = event['session'] as { model?: unknown };
        this.model.set(typeof model === 'string' ? model : '');
        return;
      }
      case 'response.created': {
        const { id } = event['response'] as { id: string };
        this.stopSpeech();
        this.isAsking.set(false);
        this.activeResponse.set(id);
        this.current.set(newAnswer(id));
        this.heard.set(0);
        return;
      }
      case 'response.output_audio_transcript.delta':
      case 'response.output_text.delta':
        this.update(event, (answer) => withWords(answer, String(event['delta'])));
        return;
      case 'response.output_audio.delta':
        this.update(event, (answer) => {
          this.speakingItem = String(event['item_id']);
          const playedMs = this.player.push(this.speakingItem, samplesOfBase64(String(event['delta'])));
          return withSound(answer, playedMs);
        });
        return;
      case 'spotlight.citation':
        this.update(event, (answer) => ({
          ...answer,
          figures: [
            ...answer.figures,
            {
              start: Number(event['start']),
              end: Number(event['end']),
              source: event['source'] as object,
              asOfMs: Number(event['as_of']),
              ageMs: Number(event['age_ms']),
              isStale: event['stale'] === true,
            },
          ],
        }));
        return;
      case 'response.done':
        this.onDone(event['response'] as { id: string; status: string });
        return;
      case 'input_audio_buffer.speech_started':
        this.stopSpeech();
        return;
      case 'conversation.item.input_audio_transcription.completed':
        this.said.set(String(event['transcript']).trim());
        return;
      default:
        this.takeOwn(event);
    }
  }

  /** What the coach adds to the protocol. */
  private takeOwn(event: VoiceEvent): void {
    switch (event.type) {
      case 'spotlight.proposal':
        this.open.set({ id: String(event['id']), question: String(event['question']) });
        return;
      case 'spotlight.desk_action':
        this.act(event['action'] as { kind: string; symbol: string | null; timeframe: string | null });
        return;
      case 'spotlight.usage':
        this.spent.set({ usd: Number(event['usd_today']), capUsd: Number(event['cap_usd']) });
        return;
      case 'spotlight.state':
        this.cap.set(event['state'] === 'capped');
        this.providerTry.set(event['state'] === 'reconnecting' ? Number(event['attempt']) : null);
        if (event['state'] === 'capped') this.model.set(LOCAL_MODEL);
        return;
      case 'error': {
        const { code, message } = event['error'] as { code: string | null; message: string };
        if (HARMLESS.has(code ?? '')) return;
        this.isAsking.set(false);
        this.trouble.set(message);
        return;
      }
      default:
    }
  }

  private onDone({ id, status }: { id: string; status: string }): void {
    if (this.activeResponse() !== id) return;
    this.activeResponse.set(null);
    this.providerTry.set(null);
    this.current.update((answer) => (answer?.responseId === id ? { ...answer, isWhole: true } : answer));
    this.moveCaption();
    if (status === 'failed') this.trouble.set('The answer failed. Ask again.');
    if (!this.wantsAnswer) return;
    this.wantsAnswer = false;
    this.send({ type: 'response.create' });
  }

  private act({
    kind,
    symbol,
    timeframe,
  }: {
    kind: string;
    symbol: string | null;
    timeframe: string | null;
  }): void {
    if (kind !== 'switch_chart') return;
    const before = this.market.selection();
    this.market.show({
      symbol: symbol ?? before.symbol,
      timeframe: timeframe !== null && isTimeframe(timeframe) ? timeframe : before.timeframe,
    });
  }

  private update(event: VoiceEvent, change: (answer: SpokenAnswer) => SpokenAnswer): void {
    const id = String(event['response_id']);
    const answer = this.current();
    if (answer?.responseId !== id || this.silenced.includes(id)) return;
    this.current.set(change(answer));
    this.moveCaption();
  }

  /** Falls silent and tells the coach how much was heard; what was not heard is no part of the answer. */
  private stopSpeech(): boolean {
    const answer = this.current();
    const stopped = this.player.stop();
    const isUnfinished = answer !== null && !answer.isWhole;
    if (answer === null || (stopped === null && !isUnfinished)) return false;
    this.silenced = [...this.silenced.slice(-8), answer.responseId];
    const heardMs = stopped?.heardMs ?? this.player.heardMs(this.speakingItem);
    const cut = cutShort(answer, heardMs);
    this.current.set(cut);
    this.heard.set(cut.text.length);
    if (stopped !== null)
      this.send({
        type: 'conversation.item.truncate',
        item_id: stopped.itemId,
        content_index: 0,
        audio_end_ms: stopped.heardMs,
      });
    return true;
  }

  private followCaption(isPlaying: boolean): void {
    clearInterval(this.captionTimer);
    if (isPlaying)
      this.captionTimer = setInterval(() => {
        this.moveCaption();
      }, CAPTION_EVERY_MS);
    else this.moveCaption();
  }

  private moveCaption(): void {
    const answer = this.current();
    if (answer !== null) this.heard.set(heardCharacters(answer, this.player.heardMs(this.speakingItem)));
  }
}

/** Held, the trader says when a turn is over; hands-free, a pause does. */
function sessionFor(use: MicrophoneUse): Extract<ClientEvent, { type: 'session.update' }>['session'] {
  return { audio: { input: { turn_detection: use === 'held' ? null : { type: 'server_vad' } } } };
}

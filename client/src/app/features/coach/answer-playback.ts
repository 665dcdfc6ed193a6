import { signal } from '@angular/core';
import { withSound, withWords } from '@libs/coach';
import { samplesOfBase64 } from './pcm-base64';
import { Player, type StoppedSpeech } from './player';
import { cutShort, heardOf, newAnswer, type SpokenAnswer } from './spoken-answer';
import type { VoiceEvent } from './voice-line';

/** How often the captions follow what is heard. */
const CAPTION_EVERY_MS = 80;
/** Answers that were silenced; what still comes of them is dropped. */
const MOST_SILENCED = 9;

/** The answer of now: its words and sound as they come, how much of it was heard, and the end of it at once. */
export class AnswerPlayback {
  private readonly current = signal<SpokenAnswer | null>(null);
  private readonly heard = signal(0);
  private readonly playing = signal(false);
  private readonly player = new Player((isPlaying) => {
    this.playing.set(isPlaying);
    this.followCaption(isPlaying);
  });
  private silenced: string[] = [];
  private speakingItem = '';
  private captionTimer: ReturnType<typeof setInterval> | undefined;

  readonly answer = this.current.asReadonly();
  /** Characters of the answer that were heard. */
  readonly heardUpTo = this.heard.asReadonly();
  readonly isPlaying = this.playing.asReadonly();

  /** `onStopped`: speech was stopped before its end, after so much of it. */
  constructor(private readonly onStopped: (stopped: StoppedSpeech) => void) {}

  /** Makes ready for sound; to be called in a key press or a click. */
  wake(): void {
    this.player.wake();
  }

  /** A new answer, in place of whatever was being said. */
  begin(responseId: string): void {
    this.stop();
    this.current.set(newAnswer(responseId));
    this.heard.set(0);
  }

  /** Takes words, sound or a source of the answer; what belongs to a silenced one is dropped. */
  take(event: VoiceEvent): void {
    switch (event.type) {
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
        this.update(event, (answer) => ({ ...answer, figures: [...answer.figures, figureOf(event)] }));
    }
  }

  /** All of the answer has come. */
  complete(responseId: string): void {
    this.current.update((answer) =>
      answer?.responseId === responseId ? { ...answer, isWhole: true } : answer,
    );
    this.moveCaption();
  }

  /** Falls silent at once; what was not heard is no part of the answer. Whether something was being said. */
  stop(): boolean {
    const answer = this.current();
    const stopped = this.player.stop();
    const isUnfinished = answer !== null && !answer.isWhole;
    if (answer === null || (stopped === null && !isUnfinished)) return false;
    this.silenced = [...this.silenced.slice(1 - MOST_SILENCED), answer.responseId];
    const heardMs = stopped?.heardMs ?? this.player.heardMs(this.speakingItem);
    const cut = cutShort(answer, heardMs);
    this.current.set(cut);
    this.heard.set(cut.text.length);
    if (stopped !== null) this.onStopped(stopped);
    return true;
  }

  private update(event: VoiceEvent, change: (answer: SpokenAnswer) => SpokenAnswer): void {
    const id = String(event['response_id']);
    const answer = this.current();
    if (answer?.responseId !== id || this.silenced.includes(id)) return;
    this.current.set(change(answer));
    this.moveCaption();
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
    if (answer !== null) this.heard.set(heardOf(answer, this.player.heardMs(this.speakingItem)));
  }
}

function figureOf(event: VoiceEvent): SpokenAnswer['figures'][number] {
  return {
    start: Number(event['start']),
    end: Number(event['end']),
    source: event['source'] as object,
    asOfMs: Number(event['as_of']),
    ageMs: Number(event['age_ms']),
    isStale: event['stale'] === true,
  };
}

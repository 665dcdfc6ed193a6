import type { ClientEvent } from '@libs/contract';
import type { ServerEvent } from '../coach-link.port.js';
import { errorEvent } from '../protocol.js';
import { judge, type Verdict } from './held-answer.js';
import { tellModel, type ProviderTalk } from './openai-desk.js';
import { citationEvents, sayOurselves } from './own-words.js';
import type { Turn } from './turn.js';

/** Messages spoken in the provider's place that are remembered; the oldest make room. */
const MOST_REPLACED = 100;

/** Lets a whole answer be heard: as the provider said it, or in our own voice without what has no source. */
export class AnswerVoice {
  /** Messages the check spoke in place of the provider's: milliseconds sent of each. */
  private readonly replaced = new Map<string, number>();

  constructor(
    private readonly talk: ProviderTalk,
    /** Whether this answer is still wanted. */
    private readonly isCurrent: (turn: Turn) => boolean,
  ) {}

  private get isChecked(): boolean {
    return this.talk.desk.env.COACH_GROUNDING !== 'off';
  }

  /** Passes a part of an answer on at once, where nothing is checked; else keeps it. */
  take(turn: Turn, event: ServerEvent): void {
    if (this.isChecked) turn.held.add(event);
    else this.talk.emit(renamed(event, turn.clientId));
  }

  /** What was never heard was never said. */
  forget({ held }: Turn): void {
    if (!this.isChecked) return;
    for (const { id } of held.messages)
      this.talk.upstream()?.send({ type: 'conversation.item.delete', item_id: id });
  }

  /** What may be said of a whole answer. */
  judge({ held }: Turn): Verdict {
    return judge(held.isTooLong ? '' : held.text, this.talk.dialog, this.talk.desk.time.nowMs());
  }

  /** Whether the provider's own sound may be heard; then it is. */
  pass(turn: Turn, verdict: Verdict): boolean {
    const { held } = turn;
    if (this.isChecked && (verdict.heldBack > 0 || held.isTooLong)) return false;
    const { talk } = this;
    const sound = held.events.findIndex(({ type }) => type.endsWith('.delta'));
    held.events.forEach((one, index) => {
      if (index === sound) {
        const nowMs = talk.desk.time.nowMs();
        for (const event of citationEvents(turn, held.messages[0]?.id ?? '', verdict, nowMs))
          talk.emit(event);
      }
      talk.emit(renamed(one, turn.clientId));
    });
    talk.said.note('coach', held.text);
    return true;
  }

  /** Speaks what is left of an answer with our own voice, and tells the model what was said. `null` where it was ended before. */
  replace(turn: Turn, verdict: Verdict): Promise<object | null> {
    this.forget(turn);
    const { talk } = this;
    return sayOurselves(turn, verdict, {
      desk: talk.desk,
      emit: (event) => {
        talk.emit(event);
      },
      isCurrent: () => this.isCurrent(turn) && !turn.isCancelled,
      onBegin: () => {
        tellModel(talk, `You said: ${verdict.text}`);
        talk.said.note('coach', verdict.text);
      },
      onSent: (itemId, sentMs) => {
        this.replaced.set(itemId, sentMs);
        const [oldest] = this.replaced.keys();
        if (this.replaced.size > MOST_REPLACED && oldest !== undefined) this.replaced.delete(oldest);
      },
    });
  }

  /** How much of a message was heard: of ours it is noted here, of the provider's there. */
  truncate(event: Extract<ClientEvent, { type: 'conversation.item.truncate' }>): void {
    const { talk } = this;
    const sentMs = this.replaced.get(event.item_id);
    if (sentMs === undefined) talk.upstream()?.send(event);
    else if (event.audio_end_ms > sentMs) {
      const message = `audio_end_ms is beyond the ${sentMs} ms of the item.`;
      talk.emit(errorEvent({ code: 'invalid_value', message, eventId: event.event_id }));
    } else {
      const { item_id, audio_end_ms } = event;
      talk.emit({ type: 'conversation.item.truncated', item_id, content_index: 0, audio_end_ms });
    }
  }
}

function renamed(event: ServerEvent, responseId: string): ServerEvent {
  return 'response_id' in event ? { ...event, response_id: responseId } : event;
}

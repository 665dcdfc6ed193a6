import type { DeskTime } from '../../coach/index.js';
import type { Clock } from '../../common/clock.js';
import type { Env } from '../../config/env.schema.js';
import type { ServerEvent } from '../coach-link.port.js';
import { SpeechPacer } from '../local/speech-pacer.js';
import { newId } from '../protocol.js';
import type { Speaker } from '../speech/speaker.js';
import type { Verdict } from './held-answer.js';
import type { Turn } from './turn.js';

/** What speaking in place of the provider needs. */
export interface OwnVoice {
  readonly desk: {
    readonly speaker: Speaker;
    readonly env: Env;
    readonly clock: Clock;
    readonly time: DeskTime;
  };
  readonly emit: (event: ServerEvent) => void;
  /** Whether this answer is still wanted. */
  readonly isCurrent: () => boolean;
  /** The words are ready, and are about to be said. */
  readonly onBegin: () => void;
  /** All sound of an item was sent, or was stopped: how much of it. */
  readonly onSent: (itemId: string, sentMs: number) => void;
}

/** Where each figure of an answer comes from. */
export function citationEvents(
  turn: Turn,
  itemId: string,
  { figures }: Verdict,
  nowMs: number,
): ServerEvent[] {
  return figures.map(({ start, end, text, fact, isStale }) => ({
    type: 'spotlight.citation',
    response_id: turn.clientId,
    item_id: itemId,
    ...{ start, end, text },
    source: fact.source,
    as_of: fact.asOfMs,
    age_ms: Math.max(0, nowMs - fact.asOfMs),
    stale: isStale,
  }));
}

/** Says checked words with the desk's own voice, as one message of the answer. Resolves with the message, `null` where it was ended before. */
export async function sayOurselves(
  turn: Turn,
  verdict: Verdict,
  { desk, emit, isCurrent, onBegin, onSent }: OwnVoice,
): Promise<object | null> {
  const { speaker, env, clock, time } = desk;
  const id = newId('item');
  const isText =
    turn.modality === 'text' || turn.held.events.some(({ type }) => type.startsWith('response.output_text'));
  const samples = isText
    ? new Int16Array()
    : await speaker.speak(verdict.text, env.COACH_VOICE).catch(() => new Int16Array());
  if (!isCurrent()) return null;
  onBegin();
  const place = { response_id: turn.clientId, item_id: id, output_index: 0, content_index: 0 };
  const base = { id, object: 'realtime.item', type: 'message', role: 'assistant' };
  const begun = { ...base, status: 'in_progress', content: [] };
  emit({ type: 'response.output_item.added', response_id: turn.clientId, output_index: 0, item: begun });
  emit({ type: 'conversation.item.added', previous_item_id: null, item: begun });
  emit({
    type: 'response.content_part.added',
    ...place,
    part: isText ? { type: 'text', text: '' } : { type: 'audio', transcript: '' },
  });
  for (const event of citationEvents(turn, id, verdict, time.nowMs())) emit(event);
  const kind = isText ? 'response.output_text' : 'response.output_audio_transcript';
  emit({ type: `${kind}.delta`, ...place, delta: verdict.text });
  turn.pacer = new SpeechPacer(clock, (delta) => {
    emit({ type: 'response.output_audio.delta', ...place, delta });
  });
  await turn.pacer.play(samples);
  onSent(id, turn.pacer.sentMs);
  if (!isCurrent()) return null;
  if (!isText) emit({ type: 'response.output_audio.done', ...place });
  emit({ type: `${kind}.done`, ...place, [isText ? 'text' : 'transcript']: verdict.text });
  const content = isText
    ? [{ type: 'output_text', text: verdict.text }]
    : [{ type: 'output_audio', transcript: verdict.text }];
  const item = { ...base, status: 'completed', content };
  const part = isText ? { type: 'text', text: verdict.text } : { type: 'audio', transcript: verdict.text };
  emit({ type: 'response.content_part.done', ...place, part });
  emit({ type: 'conversation.item.done', previous_item_id: null, item });
  emit({ type: 'response.output_item.done', response_id: turn.clientId, output_index: 0, item });
  return item;
}

import { sentencesOf, UNKNOWN, type GroundedFigure } from '@libs/coach';
import type { Dialog } from '../../coach/index.js';
import type { ServerEvent } from '../coach-link.port.js';

/** Most of one answer that is held: two minutes of speech. */
export const MOST_HELD_BYTES = 12 * 1_024 * 1_024;

/** What was found out about an answer before anybody heard it. */
export interface Verdict {
  /** As it may be spoken. */
  readonly text: string;
  readonly figures: readonly GroundedFigure[];
  /** How many sentences were held back; then the provider's sound cannot be used. */
  readonly heldBack: number;
}

/** Checks an answer sentence by sentence; where some have no source, what is left and that it is not known. */
export function judge(text: string, dialog: Dialog, nowMs: number): Verdict {
  const kept: string[] = [];
  const figures: GroundedFigure[] = [];
  let heldBack = 0;
  for (const sentence of sentencesOf(text)) {
    const grounding = dialog.ground(sentence, nowMs);
    if (!grounding.isGrounded) {
      if (heldBack++ === 0) kept.push(UNKNOWN);
      continue;
    }
    const at = kept.length === 0 ? 0 : kept.join(' ').length + 1;
    figures.push(...grounding.figures.map((one) => ({ ...one, start: at + one.start, end: at + one.end })));
    kept.push(sentence);
  }
  return { text: kept.join(' '), figures, heldBack };
}

/** The events of one answer of the provider, kept until it is known whether they may be heard. */
export class HeldAnswer {
  readonly events: ServerEvent[] = [];
  /** Id and words of each message in it. */
  readonly messages: { id: string; text: string }[] = [];
  private bytes = 0;

  /** Whether more came than is held; then none of it is used. */
  get isTooLong(): boolean {
    return this.bytes > MOST_HELD_BYTES;
  }

  get text(): string {
    return this.messages.map(({ text }) => text).join(' ');
  }

  add(event: ServerEvent): void {
    const { delta } = event;
    this.bytes += typeof delta === 'string' ? delta.length : 0;
    if (this.isTooLong) return;
    this.events.push(event);
    if (event.type !== 'response.output_item.done') return;
    const item = event['item'] as { id?: string; content?: { transcript?: string; text?: string }[] };
    const text = (item.content ?? []).map((part) => part.transcript ?? part.text ?? '').join(' ');
    if (typeof item.id === 'string') this.messages.push({ id: item.id, text });
  }
}

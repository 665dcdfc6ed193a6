import type { DurationMs } from '@libs/bars';
import { heardCharacters, NOTHING_SPOKEN, type SpokenWords } from '@libs/coach';

/** Where a figure of an answer stands and where it comes from, as the coach told it. */
export interface SpokenFigure {
  /** Place in the text, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  readonly source: object;
  readonly asOfMs: number;
  readonly ageMs: number;
  readonly isStale: boolean;
}

/** One answer as it comes, with its figures. */
export interface SpokenAnswer extends SpokenWords {
  readonly responseId: string;
  readonly figures: readonly SpokenFigure[];
  /** Characters the trader heard before they interrupted; the rest was never said. */
  readonly cutAt: number | null;
}

/** A stretch of an answer that looks the same throughout. */
export interface AnswerStretch {
  readonly text: string;
  /** Index in `figures`, `null` for plain words. */
  readonly figure: number | null;
  readonly isHeard: boolean;
}

export function newAnswer(responseId: string): SpokenAnswer {
  return { ...NOTHING_SPOKEN, responseId, figures: [], cutAt: null };
}

/** Characters that have been heard after so much of its sound was played; of an answer that was cut short, what is left. */
export function heardOf(answer: SpokenAnswer, heardMs: DurationMs): number {
  return answer.cutAt ?? heardCharacters(answer, heardMs);
}

/** The answer as it was heard when it was stopped: what came after was never said. */
export function cutShort(answer: SpokenAnswer, heardMs: DurationMs): SpokenAnswer {
  const cutAt = heardOf(answer, heardMs);
  const figures = answer.figures.filter(({ end }) => end <= cutAt);
  return { ...answer, text: answer.text.slice(0, cutAt).trimEnd(), figures, cutAt, isWhole: true };
}

/** The text in stretches: figures by themselves, what was heard apart from what was not. */
export function stretchesOf({ text, figures }: SpokenAnswer, heard: number): AnswerStretch[] {
  const edges = new Set([0, text.length, Math.min(heard, text.length)]);
  for (const { start, end } of figures) {
    edges.add(Math.min(start, text.length));
    edges.add(Math.min(end, text.length));
  }
  const sorted = [...edges].sort((a, b) => a - b);
  return sorted.slice(1).map((to, index) => {
    const from = sorted[index] ?? 0;
    const figure = figures.findIndex(({ start, end }) => from >= start && to <= end);
    return { text: text.slice(from, to), figure: figure < 0 ? null : figure, isHeard: to <= heard };
  });
}

import type { DurationMs } from '@libs/bars';

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

/** One answer as it comes: its words, when each of them begins in its sound, and its figures. */
export interface SpokenAnswer {
  readonly responseId: string;
  readonly text: string;
  /** Pieces of the text with the sound that had come before each, ascending. */
  readonly pieces: readonly { readonly from: number; readonly audioFromMs: DurationMs }[];
  /** Sound that has come so far. */
  readonly audioMs: DurationMs;
  readonly figures: readonly SpokenFigure[];
  /** Whether all of it has come. */
  readonly isWhole: boolean;
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

/** A plain reader's pace, for a piece whose sound is still coming. */
const MS_PER_CHARACTER = 65;

export function newAnswer(responseId: string): SpokenAnswer {
  return { responseId, text: '', pieces: [], audioMs: 0, figures: [], isWhole: false, cutAt: null };
}

export function withWords(answer: SpokenAnswer, words: string): SpokenAnswer {
  const { text, pieces, audioMs } = answer;
  return { ...answer, text: text + words, pieces: [...pieces, { from: text.length, audioFromMs: audioMs }] };
}

export function withSound(answer: SpokenAnswer, ms: DurationMs): SpokenAnswer {
  return { ...answer, audioMs: answer.audioMs + ms };
}

/** Characters that have been heard after so much of its sound was played; whole words. */
export function heardCharacters(answer: SpokenAnswer, heardMs: DurationMs): number {
  const { text, pieces, audioMs, isWhole, cutAt } = answer;
  if (cutAt !== null) return cutAt;
  // Without a voice it is read.
  if (isWhole && (audioMs === 0 || heardMs >= audioMs)) return text.length;
  if (heardMs <= 0) return 0;
  const at = pieces.findLastIndex(({ audioFromMs }) => audioFromMs < heardMs);
  const piece = pieces[at];
  if (piece === undefined) return 0;
  const next = pieces[at + 1];
  const to = next?.from ?? text.length;
  const readMs = (to - piece.from) * MS_PER_CHARACTER;
  const endMs = next?.audioFromMs ?? (isWhole ? audioMs : Math.max(audioMs, piece.audioFromMs + readMs));
  const share = Math.min(1, (heardMs - piece.audioFromMs) / Math.max(1, endMs - piece.audioFromMs));
  const reached = piece.from + Math.floor(share * (to - piece.from));
  return reached >= to ? to : wordStart(text, reached);
}

/** The answer as it was heard when it was stopped: what came after was never said. */
export function cutShort(answer: SpokenAnswer, heardMs: DurationMs): SpokenAnswer {
  const cutAt = heardCharacters(answer, heardMs);
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

/** Start of the word a place lies in. */
function wordStart(text: string, at: number): number {
  return text.lastIndexOf(' ', at) + 1;
}

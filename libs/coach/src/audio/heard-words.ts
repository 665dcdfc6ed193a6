import type { DurationMs } from '@libs/bars';

/** An answer as it comes: its words, and when each stretch of them begins in its sound. */
export interface SpokenWords {
  readonly text: string;
  /** Stretches of the text with the sound that had come before each, ascending. */
  readonly pieces: readonly { readonly from: number; readonly audioFromMs: DurationMs }[];
  /** Sound that has come so far. */
  readonly audioMs: DurationMs;
  /** Whether all of it has come. */
  readonly isWhole: boolean;
}

export const NOTHING_SPOKEN: SpokenWords = { text: '', pieces: [], audioMs: 0, isWhole: false };

/** A plain reader's pace, for a stretch whose sound is still coming. */
const MS_PER_CHARACTER = 65;
/** Times heard are whole milliseconds, those of sound are not. */
const ROUNDING_MS = 1;

/** The answer with more words behind it. */
export function withWords<T extends SpokenWords>(answer: T, words: string): T {
  const { text, pieces, audioMs } = answer;
  return { ...answer, text: text + words, pieces: [...pieces, { from: text.length, audioFromMs: audioMs }] };
}

/** The answer with more sound behind it. */
export function withSound<T extends SpokenWords>(answer: T, ms: DurationMs): T {
  return { ...answer, audioMs: answer.audioMs + ms };
}

/** Characters that have been heard after so much of its sound was played; whole words. Without any sound it is read. */
export function heardCharacters(
  { text, pieces, audioMs, isWhole }: SpokenWords,
  heardMs: DurationMs,
): number {
  if (isWhole && (audioMs === 0 || heardMs >= audioMs - ROUNDING_MS)) return text.length;
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

/** Start of the word a place lies in. */
function wordStart(text: string, at: number): number {
  return text.lastIndexOf(' ', at) + 1;
}

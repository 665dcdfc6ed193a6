import type { LineState } from './voice-line';
import { MOST_TRIES } from './retry-delay';

/** What the coach is doing, as its mark shows it. */
export type CoachPhase =
  'idle' | 'opening' | 'listening' | 'thinking' | 'speaking' | 'reconnecting' | 'failed' | 'capped';

/** What is known of a conversation. */
export interface CoachFacts {
  readonly line: LineState;
  /** The desk's own try to reach the provider, `null` while it is there. */
  readonly providerTry: number | null;
  readonly isSpeaking: boolean;
  readonly isThinking: boolean;
  readonly isListening: boolean;
  readonly isCapped: boolean;
}

export function phaseOf(facts: CoachFacts): CoachPhase {
  const { line } = facts;
  if (line.kind === 'waiting') return 'reconnecting';
  if (line.kind === 'failed') return 'failed';
  if (facts.isSpeaking) return 'speaking';
  if (facts.providerTry !== null) return 'reconnecting';
  if (facts.isThinking) return 'thinking';
  if (line.kind === 'opening') return 'opening';
  if (facts.isListening) return 'listening';
  return facts.isCapped ? 'capped' : 'idle';
}

export const PHASE_NAMES: Readonly<Record<CoachPhase, string>> = {
  idle: 'Ready',
  opening: 'Connecting',
  listening: 'Listening',
  thinking: 'Looking at your bars',
  speaking: 'Speaking',
  reconnecting: 'Reconnecting',
  failed: 'Not reached',
  capped: 'Local voice',
};

/** The line under the coach's name. */
export function hintOf(
  phase: CoachPhase,
  { line, providerTry }: Pick<CoachFacts, 'line' | 'providerTry'>,
  isHeld: boolean,
  capUsd: number | null,
  nowMs: number,
): string {
  switch (phase) {
    case 'idle':
      return 'Hold T to talk, or type';
    case 'opening':
      return 'Opening the line. You can type.';
    case 'listening':
      return isHeld ? 'Let go of T to send' : 'Speak when you like';
    case 'thinking':
      return 'Esc leaves it';
    case 'speaking':
      return 'Esc stops it at once';
    case 'reconnecting': {
      if (line.kind !== 'waiting') return `Its provider is away: try ${providerTry ?? 1}. You can type.`;
      const inMs = Math.max(0, line.atMs - nowMs);
      const next = inMs < 1_000 ? 'next now' : `next in ${Math.ceil(inMs / 1_000)} s`;
      return `Try ${line.attempt} of ${MOST_TRIES}, ${next}. You can type.`;
    }
    case 'failed':
      return 'Nothing is lost; the desk goes on.';
    case 'capped':
      return `Today's ${capUsd === null ? 'money' : `$${capUsd.toFixed(2)}`} is spent; the local coach goes on`;
  }
}

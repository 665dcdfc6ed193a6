import type { FaultKind } from '../faults/fault.js';

/** One step of a plan. */
export interface PlanStep {
  readonly kind: FaultKind;
  /** How long the fault lasts. */
  readonly holdMs: number;
  /** How long the desk is left alone afterwards. */
  readonly pauseMs: number;
}

const LONGEST_PAUSE_MS = 400;

/**
 * Faults in an order of chance: each kind once before any comes twice, then by weight. The same chances give the same
 * plan. Endless: who carries it out ends it.
 */
export function* planOf(kinds: readonly FaultKind[], random: () => number): Generator<PlanStep> {
  const step = (kind: FaultKind): PlanStep => {
    const [least, most] = kind.holdMs;
    return { kind, holdMs: least + random() * (most - least), pauseMs: random() * LONGEST_PAUSE_MS };
  };
  for (const kind of shuffled(kinds, random)) yield step(kind);
  const total = kinds.reduce((sum, { weight }) => sum + weight, 0);
  for (;;) {
    let left = random() * total;
    const chosen = kinds.find(({ weight }) => (left -= weight) < 0) ?? kinds[0];
    if (chosen === undefined) return;
    yield step(chosen);
  }
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
  }
  return mixed;
}

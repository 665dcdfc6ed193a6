import type { Stage } from '../stage/stage.js';

/** One fault, about to happen to somebody. */
export interface Fault {
  /** Whom it happens to. */
  readonly target: string;
  inject(): Promise<void>;
  /** Evidence that it happened, for people. Throws where there is none. */
  verify(): Promise<string>;
  /** Takes it away; the desk must come back by itself from here. */
  heal(): Promise<void>;
}

/** A kind of fault. */
export interface FaultKind {
  /** As it stands in the table. */
  readonly name: string;
  /** How often it is chosen, relative to the others. */
  readonly weight: number;
  /** How long it lasts: at least and at most. */
  readonly holdMs: readonly [least: number, most: number];
  /** Why it cannot be injected on this stage, `null` where it can. */
  readonly reasonAgainst: (stage: Stage) => string | null;
  readonly make: (stage: Stage, random: () => number) => Promise<Fault> | Fault;
}

/** Thrown by {@link Fault.verify}. */
export class NotInjectedError extends Error {}

/** Throws where what should have happened did not. */
export function mustHaveHappened(hasHappened: boolean, what: string): void {
  if (!hasHappened) throw new NotInjectedError(what);
}

/** One of several, by chance. */
export function pick<T>(choices: readonly T[], random: () => number): T {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new RangeError('there is nothing to choose from');
  return choice;
}

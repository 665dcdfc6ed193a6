/** What can be wrong with a run; each kind is a promise of the stream that was broken. */
export const FINDING_KINDS = [
  'lost',
  'duplicate_applied',
  'duplicate_on_wire',
  'duplicate_alert',
  'reordered',
  'mutated',
  'phantom',
  'stale_live',
  'unmarked_gap',
  'cursor_without_data',
  'cursor_refused',
  'forked_log',
  'digest_differs',
  'malformed',
  'not_recovered',
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

/** One broken promise. */
export interface Finding {
  readonly kind: FindingKind;
  /** Reader or instance that shows it. */
  readonly where: string;
  readonly detail: string;
  /** When it showed, on the clock of the logs; left out where only the end shows it. */
  readonly atMs?: number;
}

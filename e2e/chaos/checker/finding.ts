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
}

/** How many findings of each kind there are; kinds without any are left out. */
export function countByKind(findings: readonly Finding[]): Partial<Record<FindingKind, number>> {
  const counts: Partial<Record<FindingKind, number>> = {};
  for (const { kind } of findings) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

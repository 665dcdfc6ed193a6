import type { FindingKind } from '../checker/finding.js';

/** Mistakes that have been made in streams like this one, and what the checker must call each of them. */
export const DEFECTS = {
  'a seq off by one': 'phantom',
  'a resume that skips the first bar behind the cursor': 'unmarked_gap',
  'a resume that repeats the bar at the cursor': 'duplicate_on_wire',
  'a resume by seq, which loses the other symbol of the same minute': 'unmarked_gap',
  'an id on a ping': 'cursor_without_data',
  'events of a slow reader dropped and the stream kept open': 'unmarked_gap',
  'a final bar that is changed afterwards': 'mutated',
  'a bar acknowledged before it was committed, then lost in a crash': 'cursor_refused',
  'a cursor that stands for two bars, as two leaders give them': 'forked_log',
  'an alert sent twice': 'duplicate_alert',
  'bars of a replay on the live stream': 'phantom',
  'stale data shown as live': 'stale_live',
  'bars out of order': 'reordered',
  'a bar missing in history and on the stream': 'lost',
  'a digest over other bars': 'digest_differs',
} as const satisfies Record<string, FindingKind>;

/** A mistake by its name. */
export type Defect = keyof typeof DEFECTS;

import type { DurationMs } from '@libs/bars';
import type { FactKind } from '../facts/fact.js';

/** What a figure in a sentence is written as. `bare`: no unit stands beside it. `date`: month * 100 + day. */
export type FigureUnit =
  | 'bare'
  | 'price'
  | 'percent'
  | 'volume'
  | 'multiple'
  | 'r'
  | 'count'
  | 'clock'
  | 'date'
  | 'span'
  | 'unreadable';

/** How exactly a figure claims to be meant. */
export type Claim = 'exact' | 'about' | 'atLeast' | 'atMost';

/** A figure in a sentence, as it is written there. */
export interface Figure {
  readonly start: number;
  /** Exclusive; units are part of it. */
  readonly end: number;
  readonly text: string;
  readonly unit: FigureUnit;
  /** Without sign. Clocks in minutes after midnight, spans in milliseconds. */
  readonly value: number;
  /** Decimals as written, before `scale`. */
  readonly decimals: number;
  /** 1,000 for "12.3K", 60,000 for a span in minutes; 1 for everything else. */
  readonly scale: number;
  readonly claim: Claim;
  readonly kind: FactKind;
  /** Direction as words or a sign tell it; 0 where nothing does. */
  readonly direction: -1 | 0 | 1;
  /** What is counted, in the plural. */
  readonly noun?: string;
  /** Whether a span tells an age ("38 s old", "5 min ago"). */
  readonly isAge: boolean;
}

/** Milliseconds of a unit of time as it is written; `undefined` for none. */
export function spanUnitMs(unit: string): DurationMs | undefined {
  if (/^(s|secs?|seconds?)$/i.test(unit)) return 1_000;
  if (/^(m|mins?|minutes?)$/i.test(unit)) return 60_000;
  if (/^(h|hrs?|hours?)$/i.test(unit)) return 3_600_000;
  if (/^(d|days?)$/i.test(unit)) return 86_400_000;
  if (/^(weeks?)$/i.test(unit)) return 604_800_000;
  return undefined;
}

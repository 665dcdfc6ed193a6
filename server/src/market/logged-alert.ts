import type { EpochMs, Seq, Timeframe } from '@libs/bars';
import type { LoggedBar } from './logged-bar.js';

/** A signal as the log carries it: what it is found, filtered and kept once by, and the text that goes out. */
export interface LogAlert {
  readonly epochId: string;
  /** The user it is for. */
  readonly ownerId: number;
  readonly ruleId: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly seq: Seq;
  /** End of the bar it rests on. */
  readonly barEndMs: EpochMs;
  /** Data of the event on the stream: an `AlertEvent`, encoded once. */
  readonly json: string;
}

/** An alert with its place in the bar log. */
export interface LoggedAlert {
  readonly offset: number;
  readonly alert: LogAlert;
  readonly bar?: never;
}

/** What the log is made of. */
export type LoggedEvent = LoggedBar | LoggedAlert;

/** The bars of a run of events, in their order. */
export function barsIn(events: readonly LoggedEvent[]): LoggedBar[] {
  return events.filter((event): event is LoggedBar => event.bar !== undefined);
}

/** The alerts of a run of events, in their order. */
export function alertsIn<Event extends LoggedEvent>(events: readonly Event[]): Extract<Event, LoggedAlert>[] {
  return events.filter((event): event is Extract<Event, LoggedAlert> => event.alert !== undefined);
}

/** What there is one of at most in an epoch: a rule's signal at a bar. */
export function alertKey({ ruleId, symbol, timeframe, seq }: LogAlert): string {
  return `${ruleId}:${symbol}:${timeframe}:${seq}`;
}

import type { Bar, Timeframe } from '@libs/bars';
import type { BootstrapEvent, FeedState } from '@libs/contract';

/** Names one series. */
export interface SeriesName {
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

interface Timed {
  /** Monotonic time of this machine at which it was noted, the same for all logs of a run. */
  readonly atMs: number;
  /** Number of the connection, counted from 1 by its reader. */
  readonly connection: number;
}

/** Why a connection was over. */
export type DisconnectCause =
  /** The reader cut it on purpose. */
  | 'cut'
  /** The reader had heard nothing for too long. */
  | 'watchdog'
  /** The server ended it in good order. */
  | 'ended'
  /** It broke. */
  | 'broken'
  /** Something came that does not belong on a stream. */
  | 'malformed';

/** One thing a reader noted; a log is all of them, in their order. The checker sees nothing else of a reader. */
export type LogEntry = Timed &
  (
    | { readonly kind: 'connect'; readonly target: string; readonly cursor: string | null }
    /** An answer that is no stream. */
    | { readonly kind: 'refused'; readonly status: number }
    | {
        readonly kind: 'bootstrap';
        readonly verdict: BootstrapEvent['resume']['verdict'];
        readonly reason: string;
        readonly epochId: string;
        readonly cursor: string;
      }
    | { readonly kind: 'bar'; readonly id: string | null; readonly bar: Bar }
    | {
        readonly kind: 'microbar';
        readonly id: string | null;
        readonly series: SeriesName;
        readonly seq: number;
      }
    | {
        readonly kind: 'status';
        readonly id: string | null;
        readonly state: FeedState;
        readonly reason: string;
      }
    /** A signal; `key` names rule, symbol, timeframe and seq. */
    | { readonly kind: 'alert'; readonly id: string | null; readonly key: string }
    /** Any other event. */
    | { readonly kind: 'control'; readonly id: string | null; readonly name: string }
    /** A bar went into what the reader holds. */
    | {
        readonly kind: 'applied';
        readonly series: SeriesName;
        readonly seq: number;
        readonly rev: number;
        readonly from: 'stream' | 'history';
      }
    /** The reader dropped what it held, because the server told it to. */
    | { readonly kind: 'dropped' }
    | { readonly kind: 'disconnect'; readonly cause: DisconnectCause; readonly detail: string }
  );

/** {@link LogEntry} before its time is noted. */
export type Note = LogEntry extends infer Entry
  ? Entry extends unknown
    ? Omit<Entry, 'atMs'>
    : never
  : never;

/** Everything one reader noted. */
export interface ReaderLog {
  readonly reader: string;
  /** What it subscribed to. */
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly entries: readonly LogEntry[];
}

/** Text that names a series, for maps. */
export function seriesText({ symbol, timeframe }: SeriesName): string {
  return `${symbol} ${timeframe}`;
}

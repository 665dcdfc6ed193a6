import type { Bar, Microbar } from '@libs/bars';
import type * as z from 'zod';
import type { signalSchema } from './rules.js';

/** State of the data as a trader must see it. `down`: no data and none to be expected until something is mended. */
export type FeedState = 'live' | 'delayed' | 'simulated' | 'replay' | 'stale' | 'down';

/** One line of seqs that continue one another. A restart that kept its data keeps its epoch. */
export interface EpochInfo {
  readonly id: string;
  readonly startMs: number;
}

/**
 * What a connecting client got for the cursor it showed.
 * - `new`: it showed none. - `exact`: everything it missed follows.
 * - `partial`: bars before `first_available` (a seq) are no longer held in the stream; fetch them from history.
 * - `reset`: the cursor means nothing here; drop the bars and seed again.
 */
export interface ResumeVerdict {
  readonly verdict: 'new' | 'exact' | 'partial' | 'reset';
  readonly reason?: string;
  readonly first_available?: number;
}

/** First event on every connect. */
export interface BootstrapEvent {
  readonly epoch: EpochInfo;
  readonly symbols: readonly string[];
  /** One timeframe, or several separated by commas, as they were asked for. */
  readonly timeframe: string;
  readonly server_time: number;
  readonly heartbeat_ms: number;
  /** Name of the feed, e.g. `simulator`. */
  readonly source: string;
  /** Id of the replay this stream belongs to, absent on the live stream. */
  readonly replay?: string;
  /** Whether single trades come as well (`FF_SSE_TICKS`). */
  readonly ticks: boolean;
  readonly resume: ResumeVerdict;
  /** Cursor of the log's end as this stream opened: a client that breaks off before its first bar resumes from here. */
  readonly cursor: string;
}

/** Earlier seqs no longer continue: drop the bars and seed again. */
export interface EpochEvent extends EpochInfo {
  readonly reason: string;
}

/** A time of which nothing is known: bars of the symbol in it are missing or short. Epoch milliseconds. */
export interface DataGap {
  readonly symbol: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/** A symbol whose trading the exchange has halted, and since when. Epoch milliseconds. */
export interface HaltedSymbol {
  readonly symbol: string;
  readonly since: number;
}

/** State of the feed, sent on connect and on every change. */
export interface StatusEvent {
  readonly state: FeedState;
  readonly source: string;
  readonly reason: string;
  readonly ts: number;
  /** Newest gaps that could not be filled, oldest first; absent where there are none. */
  readonly gaps?: readonly DataGap[];
  /** Symbols that are halted as far as the feed tells it: no trade of theirs is missing. Absent where there are none. */
  readonly halted?: readonly HaltedSymbol[];
}

/** Sign of life, every heartbeat. `buffered`: events waiting for this client; `dropped`: microbars conflated away for it. */
export interface PingEvent {
  readonly ts: number;
  readonly buffered: number;
  readonly dropped: number;
}

/** A single trade, only with `FF_SSE_TICKS=on`. */
export interface TickEvent {
  readonly symbol: string;
  readonly ts: number;
  readonly price: number;
  readonly size: number;
  readonly side?: 'buy' | 'sell';
}

/** Trades at one price, one after the other. */
export interface TapeRow {
  /** Exchange time of the newest of them. */
  readonly ts: number;
  readonly price: number;
  /** Of all of them together. */
  readonly size: number;
  /** How many trades. */
  readonly n: number;
  /** Whether they count for the volume alone and say nothing of the price, by their sale conditions; absent otherwise. */
  readonly volume_only?: boolean;
}

/** Bid and ask; a side that is empty is `null`. Sizes as the feed gives them. */
export interface TapeQuote {
  readonly ts: number;
  readonly bid: number | null;
  readonly bid_size: number | null;
  readonly ask: number | null;
  readonly ask_size: number | null;
}

/** What traded in a symbol within a quarter of a second, for people to read; only for symbols named in `tape`. */
export interface TapeEvent {
  readonly symbol: string;
  /** In the order of the feed, newest last. */
  readonly rows: readonly TapeRow[];
  /** Earlier trades of a burst that have no row. */
  readonly left_out: number;
  /** Bid and ask as the message leaves; absent where the feed tells none. */
  readonly quote?: TapeQuote;
}

/**
 * A rule that became true at a bar: the signal with its explanation and receipt. It stands in the log after the bar it
 * rests on, is as lossless as bars, and comes for every symbol of the stream, whatever its timeframe. There is one for a
 * signal's `id` at most.
 */
export interface AlertEvent extends Readonly<z.infer<typeof signalSchema>> {
  /** Whether its owner did not want to be told of it: it belongs into the list, without sound or notification. */
  readonly muted: boolean;
}

/** Event name to payload, as they stand on the wire of `GET /realtime/sse`. Only `bar` and `alert` carry an id. */
export interface StreamEvents {
  bootstrap: BootstrapEvent;
  epoch: EpochEvent;
  bar: Bar;
  alert: AlertEvent;
  microbar: Microbar;
  tick: TickEvent;
  tape: TapeEvent;
  status: StatusEvent;
  ping: PingEvent;
}

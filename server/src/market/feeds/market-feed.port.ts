import type { EpochMs, FinishedMinute, TradeBatch } from '@libs/bars';
import type { FeedState, SymbolInfo } from '@libs/contract';
import type { Observable } from 'rxjs';
import type { Clock } from '../../common/clock.js';
import type { MarketQuote, PriceLimits } from '../quotes/market-quote.js';
import type { Lifetime } from './live/vendor-rest-error.js';

/** What a feed tells, in order. */
export type FeedEvent =
  /** Trades in source order; one emission per vendor frame, file block or pacing step, never one per trade. */
  | { readonly kind: 'trades'; readonly batch: TradeBatch }
  /**
   * Minutes the source has finished itself, ascending by start. `fill`: they stand in for trades that were not received,
   * and come before any later trade. `official`: its word on minutes that were made of trades here, at any time. `past`:
   * minutes of a symbol that has just been joined, from before any of its trades.
   */
  | {
      readonly kind: 'minutes';
      readonly role: 'fill' | 'official' | 'past';
      readonly minutes: readonly FinishedMinute[];
    }
  /** What happened in this time is not known and cannot be found out: bars in it are missing or short. */
  | {
      readonly kind: 'gap';
      readonly symbolIndex: number;
      readonly fromMs: EpochMs;
      readonly toMs: EpochMs;
      readonly reason: string;
    }
  /** Bid and ask of a symbol. Says nothing of bars. */
  | { readonly kind: 'quote'; readonly quote: MarketQuote }
  /** Price limits of a symbol, which may be halted or resumed with them. */
  | { readonly kind: 'limits'; readonly limits: PriceLimits }
  /** Exchange time has reached `nowMs` and every trade before it has been emitted. Finalizes bars of quiet minutes. */
  | { readonly kind: 'clock'; readonly nowMs: EpochMs }
  /** Everything the feed can tell of the past has been emitted; what follows is live. Once, and at once where there is no past. */
  | { readonly kind: 'caught_up' }
  /** State changed, with a reason a trader understands. */
  | { readonly kind: 'status'; readonly state: FeedState; readonly reason: string }
  /** The data is over for good: whatever is open may be finalized. The observable completes after it. */
  | { readonly kind: 'end' };

/** Why a row or message was refused. A closed list: each reason is a label of a counter. */
export type RejectReason =
  | 'malformed'
  | 'bad_price'
  | 'bad_size'
  | 'bad_time'
  | 'ahead_of_clock'
  | 'unknown_symbol'
  | 'oversized'
  | 'duplicate';

/** What a live vendor's message is. `other`: one that tells nothing of the market, such as a sign of life. */
export type MessageKind = 'trade' | 'quote' | 'limits' | 'minute' | 'other';

/** How a vendor's own table of sale conditions compares with the one that is built in. */
export interface TableCheck {
  /** Why it could not be compared; `null` where it was. */
  readonly fault: string | null;
  readonly differences: readonly string[];
}

/** A symbol beyond those of the start is wanted from now on, or not any more. Indices as in {@link MarketFeed.symbols}. */
export type SymbolChange =
  | { readonly kind: 'join'; readonly symbolIndex: number; readonly recordedUntilMs: EpochMs | null }
  | { readonly kind: 'leave'; readonly symbolIndex: number };

/** What a vendor offers beyond what is carried. Both throw when it cannot be asked. */
export interface SymbolDirectory {
  /** Best match first, at most `limit`. Empty words match everything. */
  search(words: string, limit: number): Promise<readonly SymbolInfo[]>;
  /** `undefined` for a symbol the vendor does not offer. */
  find(symbol: string): Promise<SymbolInfo | undefined>;
}

/** How a feed takes in symbols while it runs. */
export interface SymbolGrowth {
  readonly directory: SymbolDirectory;
  /** Symbols that may be followed at once, those of the start included. */
  readonly budget: number;
  /** Whether the name can be one of this vendor's. */
  couldBe(symbol: string): boolean;
  /** Adds to {@link MarketFeed.symbols}. Its trades come once a {@link SymbolChange} has joined it. */
  add(info: SymbolInfo): void;
}

/** What the pipeline gives a feed when it opens it. */
export interface FeedContext {
  readonly clock: Clock;
  /**
   * Where the record on file ends: bars before this instant are all on record. A feed that can make its trades again
   * starts at or before the trading day that holds it; `null` when nothing is on record.
   */
  readonly recordedUntilMs: EpochMs | null;
  /** Resolves when the pipeline can take more. A feed that can wait (file, simulator catching up) awaits it before each batch. */
  readonly writable: () => Promise<void>;
  /** Counts a refused row or message; `sample` names the place and what was wrong with it, for the log (which is rate-limited). */
  readonly reject: (reason: RejectReason, sample: string, count?: number) => void;
  /** Counts codes that the dialect's table of sale conditions does not know; the trades that carry them set no price. */
  readonly unknownConditions?: (codes: readonly string[]) => void;
  /** Counts what a live vendor sends. */
  readonly heard?: (kind: MessageKind, count: number) => void;
  /** A live vendor was connected to. */
  readonly connected?: () => void;
  /** A live vendor's table of sale conditions was compared. */
  readonly tableChecked?: (check: TableCheck) => void;
  /** What changes while the feed is open; it opens with the symbols of the start alone. */
  readonly changes?: Observable<SymbolChange>;
}

/** Finished minutes and from where on there are any. */
export interface MinuteHistory {
  /** Ascending by start. */
  readonly minutes: readonly FinishedMinute[];
  /** The source's history goes back to this instant, or to the one asked for. */
  readonly coveredFromMs: EpochMs;
}

/** A stretch of a symbol's past. */
export interface PastStretch {
  readonly symbolIndex: number;
  /** Minutes with `fromMs <= start < toMs`. */
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/**
 * A source of trades. Everything that differs between vendors ends behind this port; all implementations pass the one
 * behavioural suite in `market-feed.suite.ts`.
 */
export interface MarketFeed {
  /** Short name as shown to people and in messages: `simulator`, `file`, `coinbase`. */
  readonly source: string;
  /** Whether `live`, `delayed` or `simulated` is what this feed says when all is well. */
  readonly healthyState: FeedState;
  /**
   * Identity of the record this feed writes. Bars of one key continue one another; another key is another record and
   * so another epoch (contract, event `epoch`). For a deterministic feed it covers its input: other files, other key.
   */
  readonly recordKey: string;
  /**
   * Whether it goes on where the record ends and does not make earlier trades again: then the bars that were forming when
   * the process stopped are taken up from the record. Default: it makes them again.
   */
  readonly resumesRecord?: boolean;
  /** What it carries, in the order of `TradeBatch.symbolIndex`. Grows at its end where there is a {@link growth}. */
  readonly symbols: readonly SymbolInfo[];
  /** Absent where the symbols are fixed. */
  readonly growth?: SymbolGrowth;
  /**
   * Cold: opens on subscribe, closes on unsubscribe. Never errors: trouble is told as `status`. Batches are valid only
   * during the emission (their columns are reused).
   */
  open(context: FeedContext): Observable<FeedEvent>;
  /**
   * Finished minutes of a time before the record begins, whether or not the feed is open here. Absent where the source
   * has no past to ask for. Rejects when the source does not tell, and soon after the lifetime has ended.
   */
  pastMinutes?(stretch: PastStretch, clock: Clock, lifetime: Lifetime): Promise<MinuteHistory>;
}

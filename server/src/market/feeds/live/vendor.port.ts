import type { DurationMs, EpochMs, FinishedMinute } from '@libs/bars';
import type { FeedState, SymbolInfo } from '@libs/contract';
import type { Clock } from '../../../common/clock.js';
import type { MarketQuote, PriceLimits } from '../../quotes/market-quote.js';
import type { MinuteHistory, RejectReason, SymbolDirectory } from '../market-feed.port.js';
import type { IdOrder } from './trade-gate.js';
import type { Lifetime } from './vendor-rest-error.js';
import type { VendorTrade } from './vendor-trade.js';

/** What a vendor's session may do while its socket is open. */
export interface SessionDesk {
  readonly send: (text: string) => void;
  /** One trade off the wire. */
  readonly trade: (trade: VendorTrade) => void;
  /** The vendor's clock showed this as it sent the message at hand. */
  readonly serverTime: (serverMs: EpochMs) => void;
  /** The vendor has told trades of a symbol up to this number, whether or not they arrived. */
  readonly toldUpTo: (symbolIndex: number, id: number) => void;
  /** Minutes the vendor has finished: the official word on bars that trades made, or the bars themselves where it sends no trades. */
  readonly minutes: (minutes: readonly FinishedMinute[], role: 'official' | 'only') => void;
  /** Bid and ask, where the vendor tells them. */
  readonly quote: (quote: MarketQuote) => void;
  /** Price limits, halts and resumptions, where the vendor tells them. */
  readonly limits: (limits: PriceLimits) => void;
  /** Everything is subscribed. `note` says what a trader should know of it: symbols refused, no trades in the plan. */
  readonly subscribed: (brings: 'trades' | 'minutes', note?: string) => void;
  /** A symbol that was added is subscribed, or is not because of a `fault`. */
  readonly added: (symbolIndex: number, fault?: string) => void;
  readonly reject: (reason: RejectReason, sample: string, count?: number) => void;
  /** Condition codes that the table does not know. */
  readonly unknownConditions: (codes: readonly string[]) => void;
  /** It is no use to go on before somebody has mended something: a bad key, a closed region. Ends the connection. */
  readonly giveUp: (reason: string) => void;
  /** Ends the connection and leaves the vendor alone for a while. */
  readonly coolDown: (forMs: DurationMs, reason: string) => void;
}

/** The vendor's protocol over one connection. Throws nothing: what it cannot read it rejects. */
export interface VendorSession {
  opened(): void;
  text(text: string): void;
  /** Subscribes to more symbols, one group at a time; each is answered by `added`. */
  add(symbolIndexes: readonly number[]): void;
  remove(symbolIndex: number): void;
}

/** A vendor's memory of what was traded. All throw `VendorRestError`. */
export interface VendorHistory {
  /** The vendor's clock. */
  serverTimeMs(): Promise<EpochMs | null>;
  /** Finished minutes with `fromMs <= start < toMs`. */
  minutes(symbolIndex: number, fromMs: EpochMs, toMs: EpochMs): Promise<MinuteHistory>;
  /** Trades above a number where it is known, else from an instant on, up to now; ascending by number. */
  tradesSince(symbolIndex: number, afterId: number | null, fromMs: EpochMs): Promise<VendorTrade[]>;
}

/** Everything in which one vendor differs from another. */
export interface Vendor {
  /** Short name: `coinbase`. */
  readonly source: string;
  /** Name as people write it: `Coinbase`. */
  readonly title: string;
  readonly wsUrl: string;
  /** Grows at its end: what asks for a symbol by its index sees it. */
  readonly symbols: SymbolInfo[];
  /** Symbols that one desk may reasonably follow at this vendor. */
  readonly symbolBudget: number;
  /** What its names look like. */
  readonly symbolPattern: RegExp;
  readonly healthyState: FeedState;
  readonly idOrder: IdOrder;
  /** By how much the plan delays the data. */
  readonly delayMs: DurationMs;
  /** A connection is dead after this long without a sign of life. */
  readonly silenceMs: DurationMs;
  /** Whether the answer to a ping is one, or only what the vendor sends by itself. */
  readonly isPongLife: boolean;
  /** How far back the first start reaches. */
  readonly historyMs: DurationMs;
  /** A connection that begins with these symbols. */
  openSession(desk: SessionDesk, symbolIndexes: readonly number[]): VendorSession;
  directory(clock: Clock): SymbolDirectory;
  /** Where the vendor's table of sale conditions differs from the one built in. Throws `VendorRestError`. */
  conditionDrift?(clock: Clock, lifetime: Lifetime): Promise<readonly string[]>;
  openHistory(clock: Clock, lifetime: Lifetime, desk: Pick<SessionDesk, 'unknownConditions'>): VendorHistory;
}

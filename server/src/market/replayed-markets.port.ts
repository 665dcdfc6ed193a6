import type { Bar, EpochMs, Timeframe } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
import type { IncomingMessage } from 'node:http';
import type { Observable } from 'rxjs';
import type { BarRange } from './bar-archive.js';
import type { ReadableLog, ReadableMarket } from './market-view.js';

/** Bars of one series of a replay; as in `GET /api/history`. */
export interface ReplayedBars extends Omit<BarRange, 'keep' | 'knownOffset'> {
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/** The newest price of a symbol in a replay. */
export interface ReplayedPrice {
  readonly price: number | null;
  readonly size: number | null;
  readonly ts: EpochMs | null;
}

/** A market that a session plays again. Whatever it tells is no later than its own clock. */
export interface ReplayedMarket {
  readonly id: string;
  readonly log: ReadableLog;
  readonly market: ReadableMarket;
  /** Emits once, when the replay is over for good and its streams have to end. */
  readonly closed$: Observable<void>;
  /** Time in the replay, UTC epoch milliseconds. */
  nowMs(): EpochMs;
  /** The symbol as it is known there, `undefined` where the replay does not play it. */
  symbolInfo(symbol: string): SymbolInfo | undefined;
  /** Finalized bars, oldest first: those of the replay, and before its start those on record. */
  bars(query: ReplayedBars): Promise<Bar[]>;
  newestPrice(symbol: string): Promise<ReplayedPrice>;
  /** Keeps it from idling out until the returned function is called. */
  retain(): () => void;
}

/** Finds the replay that a request with `replay=ID` means; everything that knows this parameter asks here. */
export abstract class ReplayedMarkets {
  /** The replay, if the session behind the request has it. Throws a `ProblemException` (404) else. */
  abstract find(request: IncomingMessage, id: string): ReplayedMarket;
}

import type { DurationMs } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
import type { Clock } from '../../../common/clock.js';
import type { SymbolDirectory } from '../market-feed.port.js';
import type { Lifetime } from './vendor-rest-error.js';
import type { SessionDesk, Vendor, VendorHistory, VendorSession } from './vendor.port.js';

/** Two coins or currencies. */
export const PAIR = /^[A-Z0-9]{2,10}-[A-Z]{3,5}$/;

/** Where a public venue is, and which of its pairs are wanted from the start. */
export interface PublicVendorOptions {
  readonly wsUrl: string;
  readonly restUrl: string;
  readonly symbols: readonly SymbolInfo[];
}

/** What the crypto venues that serve anybody have in common: numbered trades, a sign of life every second, no key. */
export abstract class PublicVendor implements Vendor {
  abstract readonly source: string;
  abstract readonly title: string;
  abstract readonly historyMs: DurationMs;
  readonly healthyState = 'live';
  readonly idOrder = 'contiguous';
  readonly delayMs = 0;
  readonly silenceMs = 10_000;
  readonly isPongLife = false;
  readonly symbolBudget = 100;
  readonly symbolPattern = PAIR;
  readonly wsUrl: string;
  readonly symbols: SymbolInfo[];
  protected readonly restUrl: string;

  constructor({ wsUrl, restUrl, symbols }: PublicVendorOptions) {
    this.wsUrl = wsUrl;
    this.restUrl = restUrl;
    this.symbols = [...symbols];
  }

  abstract openSession(desk: SessionDesk, symbolIndexes: readonly number[]): VendorSession;
  abstract openHistory(clock: Clock, lifetime: Lifetime): VendorHistory;
  abstract directory(clock: Clock): SymbolDirectory;
}

import type { SymbolInfo } from '@libs/contract';
import type { Clock } from '../../../common/clock.js';
import { RequestBudget } from '../live/request-budget.js';
import type { Lifetime } from '../live/vendor-rest-error.js';
import type { SessionDesk, Vendor, VendorHistory, VendorSession } from '../live/vendor.port.js';
import { KrakenHistory } from './kraken-history.js';
import { KrakenSession } from './kraken-session.js';

/** Where Kraken is, and which of its pairs are wanted. */
export interface KrakenOptions {
  readonly wsUrl: string;
  readonly restUrl: string;
  readonly symbols: readonly SymbolInfo[];
}

/**
 * Kraken's spot market, WebSocket v2 and REST: trades with ids that rise by one per pair, heartbeats about once a second
 * when nothing else comes. No key. Its history holds the last 720 minutes.
 */
export class KrakenVendor implements Vendor {
  readonly source = 'kraken';
  readonly title = 'Kraken';
  readonly healthyState = 'live';
  readonly idOrder = 'contiguous';
  readonly delayMs = 0;
  readonly silenceMs = 10_000;
  readonly isPongLife = false;
  readonly historyMs = 0;
  readonly wsUrl: string;
  readonly symbols: readonly SymbolInfo[];
  /** About one request a second is allowed. */
  private readonly budget = new RequestBudget({ periodMs: 1_000, burst: 1 });

  constructor(private readonly options: KrakenOptions) {
    this.wsUrl = options.wsUrl;
    this.symbols = options.symbols;
  }

  openSession(desk: SessionDesk): VendorSession {
    return new KrakenSession(
      this.symbols.map(({ symbol }) => symbol),
      desk,
    );
  }

  openHistory(clock: Clock, lifetime: Lifetime): VendorHistory {
    return new KrakenHistory(
      this.symbols,
      { restUrl: this.options.restUrl, budget: this.budget },
      clock,
      lifetime,
    );
  }
}

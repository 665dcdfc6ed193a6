import type { SymbolInfo } from '@libs/contract';
import type { Clock } from '../../../common/clock.js';
import { RequestBudget } from '../live/request-budget.js';
import type { Lifetime } from '../live/vendor-rest-error.js';
import type { SessionDesk, Vendor, VendorHistory, VendorSession } from '../live/vendor.port.js';
import { CoinbaseHistory } from './coinbase-history.js';
import { CoinbaseSession } from './coinbase-session.js';

/** Where Coinbase Exchange is, and which of its products are wanted. */
export interface CoinbaseOptions {
  readonly wsUrl: string;
  readonly restUrl: string;
  readonly symbols: readonly SymbolInfo[];
}

/**
 * Coinbase Exchange, public market data: channel `matches` with trade ids that rise by one per product, `heartbeat` once a
 * second, candles and trades over REST. No key.
 */
export class CoinbaseVendor implements Vendor {
  readonly source = 'coinbase';
  readonly title = 'Coinbase';
  readonly healthyState = 'live';
  readonly idOrder = 'contiguous';
  readonly delayMs = 0;
  readonly silenceMs = 10_000;
  readonly isPongLife = false;
  readonly historyMs = 86_400_000;
  readonly wsUrl: string;
  readonly symbols: readonly SymbolInfo[];
  /** Ten requests a second are allowed; eight leave room for whoever else is behind the same address. */
  private readonly budget = new RequestBudget({ periodMs: 125, burst: 1 });

  constructor(private readonly options: CoinbaseOptions) {
    this.wsUrl = options.wsUrl;
    this.symbols = options.symbols;
  }

  openSession(desk: SessionDesk): VendorSession {
    return new CoinbaseSession(
      this.symbols.map(({ symbol }) => symbol),
      desk,
    );
  }

  openHistory(clock: Clock, lifetime: Lifetime): VendorHistory {
    return new CoinbaseHistory(
      this.symbols,
      { restUrl: this.options.restUrl, budget: this.budget },
      clock,
      lifetime,
    );
  }
}

import type { Clock } from '../../../common/clock.js';
import { PublicVendor } from '../live/public-vendor.js';
import { RequestBudget } from '../live/request-budget.js';
import type { Lifetime } from '../live/vendor-rest-error.js';
import type { SessionDesk, VendorHistory, VendorSession } from '../live/vendor.port.js';
import type { SymbolDirectory } from '../market-feed.port.js';
import { coinbaseDirectory } from './coinbase-directory.js';
import { CoinbaseHistory } from './coinbase-history.js';
import { CoinbaseSession } from './coinbase-session.js';

/**
 * Coinbase Exchange, public market data: channel `matches` with trade ids that rise by one per product, `heartbeat` once a
 * second, candles and trades over REST. No key.
 */
export class CoinbaseVendor extends PublicVendor {
  readonly source = 'coinbase';
  readonly title = 'Coinbase';
  readonly historyMs = 86_400_000;
  /** Ten requests a second are allowed; eight leave room for whoever else is behind the same address. */
  private readonly budget = new RequestBudget({ periodMs: 125, burst: 1 });

  openSession(desk: SessionDesk, symbolIndexes: readonly number[]): VendorSession {
    return new CoinbaseSession(this.symbols, symbolIndexes, desk);
  }

  openHistory(clock: Clock, lifetime: Lifetime): VendorHistory {
    return new CoinbaseHistory(this.symbols, { restUrl: this.restUrl, budget: this.budget }, clock, lifetime);
  }

  directory(clock: Clock): SymbolDirectory {
    return coinbaseDirectory(this.restUrl, this.budget, clock);
  }
}

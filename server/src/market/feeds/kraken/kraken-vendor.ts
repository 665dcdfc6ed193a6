import type { Clock } from '../../../common/clock.js';
import { PublicVendor } from '../live/public-vendor.js';
import { RequestBudget } from '../live/request-budget.js';
import type { Lifetime } from '../live/vendor-rest-error.js';
import type { SessionDesk, VendorHistory, VendorSession } from '../live/vendor.port.js';
import type { SymbolDirectory } from '../market-feed.port.js';
import { krakenDirectory } from './kraken-directory.js';
import { KrakenHistory } from './kraken-history.js';
import { KrakenSession } from './kraken-session.js';

/**
 * Kraken's spot market, WebSocket v2 and REST: trades with ids that rise by one per pair, heartbeats about once a second
 * when nothing else comes. No key. Its history holds the last 720 minutes.
 */
export class KrakenVendor extends PublicVendor {
  readonly source = 'kraken';
  readonly title = 'Kraken';
  readonly historyMs = 0;
  /** About one request a second is allowed. */
  private readonly budget = new RequestBudget({ periodMs: 1_000, burst: 1 });

  openSession(desk: SessionDesk, symbolIndexes: readonly number[]): VendorSession {
    return new KrakenSession(this.symbols, symbolIndexes, desk);
  }

  openHistory(clock: Clock, lifetime: Lifetime): VendorHistory {
    return new KrakenHistory(this.symbols, { restUrl: this.restUrl, budget: this.budget }, clock, lifetime);
  }

  directory(clock: Clock): SymbolDirectory {
    return krakenDirectory(this.restUrl, this.budget, clock);
  }
}

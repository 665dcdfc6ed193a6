import type { SymbolInfo } from '@libs/contract';
import type { Clock } from '../../../common/clock.js';
import { RequestBudget } from '../live/request-budget.js';
import { isRecord } from '../live/vendor-numbers.js';
import { VendorRest } from '../live/vendor-rest.js';
import { VendorRestError, type Lifetime } from '../live/vendor-rest-error.js';
import type { SessionDesk, Vendor, VendorHistory, VendorSession } from '../live/vendor.port.js';
import type { SymbolDirectory } from '../market-feed.port.js';
import { conditionDrift } from './condition-drift.js';
import { MassiveDirectory } from './massive-directory.js';
import { MassiveHistory } from './massive-history.js';
import { MassiveSession } from './massive-session.js';
import { MassiveTrades } from './massive-trades.js';

/** Plans without real-time data are served from hosts of this name, a quarter of an hour late. */
const DELAYED_HOST = /^delayed\b/;
const PLAN_DELAY_MS = 15 * 60_000;
const STOCKS = '/stocks';
const CONDITIONS = '/v3/reference/conditions?asset_class=stocks&data_type=trade&limit=1000';
/** `AAPL`, `BRK.B`. */
export const STOCK = /^[A-Z]{1,6}(\.[A-Z]{1,3})?$/;

/** Where Massive is, the account, and which stocks are wanted. */
export interface MassiveOptions {
  /** Host of the stream; the cluster `/stocks` is added where the URL has no path. */
  readonly wsUrl: string;
  readonly restUrl: string;
  readonly key: string;
  readonly symbols: readonly SymbolInfo[];
}

/**
 * US stocks from Massive (formerly Polygon.io): trades and official minutes over one WebSocket, aggregates and trades over
 * REST. What comes depends on the plan of the key: plans without trades give minutes alone.
 */
export class MassiveVendor implements Vendor {
  readonly source = 'massive';
  readonly title = 'Massive';
  readonly healthyState: 'live' | 'delayed';
  readonly idOrder = 'rising';
  readonly delayMs: number;
  /** A ping after 15 s, and as long again for the answer. */
  readonly silenceMs = 30_000;
  readonly isPongLife = true;
  readonly historyMs = 4 * 86_400_000;
  readonly wsUrl: string;
  readonly symbols: SymbolInfo[];
  readonly symbolBudget = 1_000;
  readonly symbolPattern = STOCK;
  /** Paid plans are not limited, but asked to stay below a hundred requests a second. */
  private readonly budget = new RequestBudget({ periodMs: 20, burst: 50 });

  constructor(private readonly options: MassiveOptions) {
    const url = new URL(options.wsUrl);
    if (url.pathname === '/') url.pathname = STOCKS;
    this.wsUrl = url.href;
    this.symbols = [...options.symbols];
    const isDelayed = DELAYED_HOST.test(url.hostname);
    this.healthyState = isDelayed ? 'delayed' : 'live';
    this.delayMs = isDelayed ? PLAN_DELAY_MS : 0;
  }

  openSession(desk: SessionDesk, symbolIndexes: readonly number[]): VendorSession {
    const trades = new MassiveTrades(this.symbols, desk);
    return new MassiveSession(this.options.key, this.symbols, symbolIndexes, trades, desk);
  }

  openHistory(clock: Clock, lifetime: Lifetime, desk: Pick<SessionDesk, 'unknownConditions'>): VendorHistory {
    const { symbols, budget } = this;
    const trades = new MassiveTrades(symbols, desk);
    return new MassiveHistory({ ...this.options, symbols, trades, budget, clock, lifetime });
  }

  async conditionDrift(clock: Clock, lifetime: Lifetime): Promise<readonly string[]> {
    const headers = { Authorization: `Bearer ${this.options.key}` };
    const options = { baseUrl: this.options.restUrl, headers, budget: this.budget, waitAfter429Ms: 15_000 };
    const { body } = await new VendorRest(options, clock, lifetime).get(CONDITIONS);
    const rows = isRecord(body) ? body['results'] : undefined;
    if (!Array.isArray(rows)) throw new VendorRestError('the answer holds no conditions', null);
    return conditionDrift(rows as unknown[]);
  }

  directory(clock: Clock): SymbolDirectory {
    return new MassiveDirectory({ ...this.options, budget: this.budget, clock });
  }
}

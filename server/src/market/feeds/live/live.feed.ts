import type { FeedState, SymbolInfo } from '@libs/contract';
import { createHash } from 'node:crypto';
import { Observable } from 'rxjs';
import type { Clock } from '../../../common/clock.js';
import type {
  FeedContext,
  FeedEvent,
  MarketFeed,
  MinuteHistory,
  PastStretch,
  SymbolGrowth,
} from '../market-feed.port.js';
import { unforeseeable, type Chance } from './backoff.js';
import { CountedHistory } from './counted-history.js';
import { LiveRun } from './live-run.js';
import type { Lifetime } from './vendor-rest-error.js';
import type { Vendor } from './vendor.port.js';

const BATCH_SIZE = 8_192;

/** How a live feed is made. */
export interface LiveFeedOptions {
  /** Settings that change which bars come out of the same trades; part of the record's key. */
  readonly salt: string;
  /** Trades per batch. Default 8192. */
  readonly batchSize?: number;
  /** Spreads the tries to connect. Default: unforeseeable. */
  readonly chance?: Chance;
}

/** A vendor's live market as a feed. All of them differ in their {@link Vendor} alone. */
export class LiveFeed implements MarketFeed {
  readonly source: string;
  readonly healthyState: FeedState;
  readonly recordKey: string;
  readonly symbols: readonly SymbolInfo[];
  readonly resumesRecord = true;
  readonly growth: SymbolGrowth;
  private readonly firstSymbols: number;

  constructor(
    private readonly vendor: Vendor,
    private readonly options: LiveFeedOptions,
    clock: Clock,
  ) {
    this.source = vendor.source;
    this.healthyState = vendor.healthyState;
    this.symbols = vendor.symbols;
    this.firstSymbols = vendor.symbols.length;
    this.growth = {
      directory: vendor.directory(clock),
      budget: vendor.symbolBudget,
      couldBe: (symbol) => vendor.symbolPattern.test(symbol),
      add: (info) => {
        vendor.symbols.push(info);
      },
    };
    const digest = createHash('sha256').update(options.salt).digest('hex');
    this.recordKey = `${vendor.source}:${digest.slice(0, 12)}`;
  }

  open(context: FeedContext): Observable<FeedEvent> {
    const { batchSize = BATCH_SIZE, chance = unforeseeable } = this.options;
    return new Observable((subscriber) => {
      new LiveRun(
        this.vendor,
        { firstSymbols: this.firstSymbols, batchSize, chance },
        context,
        subscriber,
      ).start();
    });
  }

  async pastMinutes(
    { symbolIndex, fromMs, toMs }: PastStretch,
    clock: Clock,
    lifetime: Lifetime,
  ): Promise<MinuteHistory> {
    const desk = { unknownConditions: () => undefined };
    const history = new CountedHistory(this.vendor.openHistory(clock, lifetime, desk), this.symbols);
    return history.minutes(symbolIndex, fromMs, toMs);
  }
}

import {
  createTradeBatch,
  pushTrade,
  UPDATES_ALL,
  type LastTrade,
  type Microbar,
  type Timeframe,
  type TradeBatch,
} from '@libs/bars';
import type { BarLog } from '../bar-log.js';
import type { LiveMessage, RelayedTrade } from './live-message.js';

/** The market as an instance that follows sees it: what the leader told last. */
export class FollowedMarket {
  private readonly forming = new Map<string, Microbar[]>();
  private readonly trades = new Map<string, LastTrade>();

  constructor(
    private readonly log: BarLog,
    private readonly indexOf: ReadonlyMap<string, number>,
  ) {}

  /** Takes a message in. Returns its forming bars of symbols carried here that are still forming here. */
  take({ microbars, trades }: LiveMessage): Microbar[] {
    for (const [symbol, tsMs, price, size] of trades) this.trades.set(symbol, { tsMs, price, size });
    const fresh = microbars.filter((microbar) => this.isForming(microbar));
    const touched = new Set<string>();
    for (const microbar of fresh) {
      const key = `${microbar.symbol}|${microbar.timeframe}`;
      // A message holds all forming bars of a series that changed; they replace those of the one before.
      const held = touched.has(key) ? (this.forming.get(key) ?? []) : [];
      touched.add(key);
      this.forming.set(key, [...held, microbar]);
    }
    return fresh;
  }

  /** The relayed trades as a batch, in the order they came. */
  batchOf(trades: readonly RelayedTrade[]): TradeBatch {
    const batch = createTradeBatch(Math.max(1, trades.length));
    for (const [symbol, tsMs, price, size] of trades) {
      const symbolIndex = this.indexOf.get(symbol);
      if (symbolIndex !== undefined)
        pushTrade(batch, { symbolIndex, tsMs, price, size, updates: UPDATES_ALL });
    }
    return batch;
  }

  lastTrade(symbol: string): LastTrade | undefined {
    return this.trades.get(symbol);
  }

  /** The forming bars of a symbol as they were told last. */
  peekForming(symbol: string, timeframe: Timeframe): Microbar[] {
    return (this.forming.get(`${symbol}|${timeframe}`) ?? []).filter((microbar) => this.isForming(microbar));
  }

  private isForming({ symbol, timeframe, seq }: Microbar): boolean {
    const series = this.log.seriesFor(symbol, timeframe);
    return series !== undefined && seq > (series.lastSeq ?? -1);
  }
}

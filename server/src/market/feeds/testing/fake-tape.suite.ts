import { SeededRandom } from '../simulator/seeded-random.js';

/** A trade as it happened at a made-up venue. Prices and sizes are decimals of few places. */
export interface TapeTrade {
  readonly symbol: string;
  readonly id: number;
  readonly tsMs: number;
  readonly price: number;
  readonly size: number;
  /** Condition ids, where the venue has any. */
  readonly conditions: readonly number[];
}

/** Minute of a venue's own making: a plain sum over its trades. */
export interface TapeMinute {
  readonly startMs: number;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
  readonly vw: number;
  readonly n: number;
}

const MINUTE_MS = 60_000;

/** Everything that was ever traded at a made-up venue. Ids rise by one per symbol. */
export class FakeTape {
  readonly trades: TapeTrade[] = [];
  private readonly lastIds = new Map<string, number>();
  private readonly prices = new Map<string, number>();
  private readonly random: SeededRandom;

  constructor(
    readonly symbols: readonly string[],
    seed: number,
    /** Conditions that trades are drawn from; most are ordinary. */
    private readonly conditions: readonly (readonly number[])[] = [[]],
  ) {
    this.random = new SeededRandom(seed);
  }

  /** One trade of a symbol. */
  print(symbol: string, tsMs: number, rest: Partial<TapeTrade> = {}): TapeTrade {
    const id = (this.lastIds.get(symbol) ?? 1_000) + 1;
    this.lastIds.set(symbol, id);
    const cents = Math.max(100, (this.prices.get(symbol) ?? 10_000) + Math.round(this.random.normal() * 5));
    this.prices.set(symbol, cents);
    const size = Math.ceil(this.random.uniform() * 400) / 8;
    const conditions = this.conditions[Math.floor(this.random.uniform() * this.conditions.length)] ?? [];
    const trade = { symbol, id, tsMs, price: cents / 100, size, conditions, ...rest };
    this.trades.push(trade);
    return trade;
  }

  /** Trades of all symbols with `fromMs <= ts < toMs`, about `perSecond` a second, in order of time. */
  run(fromMs: number, toMs: number, perSecond: number): TapeTrade[] {
    const trades: TapeTrade[] = [];
    for (let tsMs = fromMs; ;) {
      tsMs += Math.max(1, Math.round((this.random.uniform() * 2_000) / perSecond));
      if (tsMs >= toMs) return trades;
      const symbol = this.symbols[Math.floor(this.random.uniform() * this.symbols.length)] ?? '';
      trades.push(this.print(symbol, tsMs));
    }
  }

  of(symbol: string): TapeTrade[] {
    return this.trades.filter((trade) => trade.symbol === symbol);
  }

  /** Finished minutes as the venue publishes them; `sets` says whether a trade sets a price, default all. */
  minutes(
    symbol: string,
    fromMs: number,
    toMs: number,
    sets: (trade: TapeTrade) => boolean = () => true,
  ): TapeMinute[] {
    const groups = new Map<number, TapeTrade[]>();
    for (const trade of this.of(symbol)) {
      const startMs = Math.floor(trade.tsMs / MINUTE_MS) * MINUTE_MS;
      if (startMs < fromMs || startMs >= toMs) continue;
      groups.set(startMs, [...(groups.get(startMs) ?? []), trade]);
    }
    return [...groups]
      .sort(([a], [b]) => a - b)
      .flatMap(([startMs, trades]) => {
        const priced = trades.filter(sets);
        const prices = priced.map(({ price }) => price);
        const [first, last] = [priced[0], priced.at(-1)];
        if (first === undefined || last === undefined) return [];
        const v = trades.reduce((sum, { size }) => sum + size, 0);
        const worth = trades.reduce((sum, { size, price }) => sum + size * price, 0);
        return [
          {
            startMs,
            o: first.price,
            h: Math.max(...prices),
            l: Math.min(...prices),
            c: last.price,
            v,
            vw: worth / v,
            n: trades.length,
          },
        ];
      });
  }
}

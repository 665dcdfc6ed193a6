import type { EpochMs } from '@libs/bars';
import type { PricePath } from './price-path.js';
import { hashInts, SeededRandom } from './seeded-random.js';
import type { SimulatedSymbol } from './simulated-symbol.js';

// Taken out of Math once, because they are called per trade.
const { abs, exp, floor, hypot, log, max, min, round, sqrt } = Math;
const MINUTE_MS = 60_000;
/** Bound of a minute, far above the busiest. */
const MOST_TRADES = 800;
const LATE_ODDS = 1 / 500;
const CLUSTER_ODDS = 0.35;
const AUCTION_FACTOR = 400;
const ODD_LOT_ODDS = 0.35;
const BLOCK_ODDS = 1 / 700;

/**
 * The trades of one symbol and minute as columns, in the order in which they arrive. A trade arrives at `dueMs`, which
 * never falls; its time `tsMs` is the same, but for a rare late trade, which comes right behind an ordinary one of the
 * same `dueMs` and tells of a moment up to 0.7 s before. So the highest time so far always equals the newest `dueMs`.
 */
export class SimulatedMinute {
  length = 0;
  readonly dueMs = new Float64Array(MOST_TRADES);
  readonly tsMs = new Float64Array(MOST_TRADES);
  readonly price = new Float64Array(MOST_TRADES);
  readonly size = new Float64Array(MOST_TRADES);
  private readonly random = new SeededRandom(0);
  private readonly walk = new Float64Array(MOST_TRADES);

  constructor(
    private readonly seed: number,
    private readonly symbol: SimulatedSymbol,
    private readonly market: PricePath,
    private readonly own: PricePath,
  ) {}

  /** Makes the trades of the minute that starts at `minuteMs`: always the same ones for the same seed and symbol. */
  fill(minuteMs: EpochMs): void {
    const { symbol, own, market } = this;
    this.random.restart(hashInts(this.seed, symbol.hash, minuteMs / MINUTE_MS));
    const shape = own.shapeAt(minuteMs);
    const minute = (minuteMs - shape.startMs) / MINUTE_MS;
    const openLog = symbol.beta * market.openAt(minuteMs) + own.openAt(minuteMs);
    const closeLog = symbol.beta * market.closeAt(minuteMs) + own.closeAt(minuteMs);
    const volatility = hypot(symbol.beta * MARKET_VOLATILITY, symbol.ownVolatility);
    const sigma = volatility * sqrt(shape.variance[minute] as number);
    this.length = this.tradeCount(shape.activity[minute] as number, abs(closeLog - openLog) / sigma);
    this.fillTimes(minuteMs);
    this.fillPrices(symbol.basePrice * exp(openLog), symbol.basePrice * exp(closeLog), sigma);
    this.fillSizes((shape.gapVariance[minute] as number) > 0);
  }

  /** More trades in busy minutes and in minutes that move. */
  private tradeCount(activity: number, moveInSigmas: number): number {
    const { random, symbol } = this;
    const rate = symbol.tradesPerMinute * activity * (0.85 + 0.2 * min(moveInSigmas, 4));
    const expected = max(symbol.leastTradesPerMinute, rate) * (1 + 0.15 * random.uniform());
    return min(MOST_TRADES, expected < 10 ? this.poisson(expected) : round(expected));
  }

  private poisson(expected: number): number {
    const floor = exp(-expected);
    let count = -1;
    for (let product = 1; product > floor && count < 40; count++) product *= this.random.uniform();
    return count;
  }

  /** One trade in each equal slice of the minute; every other one may follow its predecessor within milliseconds. */
  private fillTimes(minuteMs: EpochMs): void {
    const { dueMs, tsMs, random, length } = this;
    const sliceMs = MINUTE_MS / length;
    for (let i = 0; i < length; i++) {
      const previousMs = dueMs[i - 1] as number;
      const isFollower = i % 2 === 1;
      const chance = isFollower ? random.uniform() : 1;
      if (chance < LATE_ODDS) {
        dueMs[i] = previousMs;
        tsMs[i] = previousMs - 150 - floor((chance / LATE_ODDS) * 550);
        continue;
      }
      const spreadMs = floor((i + random.uniform()) * sliceMs);
      const followMs = previousMs + (random.bits() & 3);
      dueMs[i] = chance < CLUSTER_ODDS ? min(followMs, minuteMs + spreadMs) : minuteMs + spreadMs;
      tsMs[i] = dueMs[i] as number;
    }
  }

  /** A random walk from the minute's open to its close, with the bounce between bid and ask, on the grid of ticks. */
  private fillPrices(open: number, close: number, sigma: number): void {
    const { price, walk, random, length } = this;
    const { tickSize } = this.symbol;
    const step = (open * sigma) / sqrt(max(1, length));
    let level = 0;
    for (let i = 0; i < length; i++) {
      walk[i] = level += random.normal() * step;
    }
    const slope = (close - open - level) / length;
    const halfSpread = max(tickSize / 2, open * 0.00001);
    const ticksPerUnit = round(1 / tickSize);
    for (let i = 0; i < length; i++) {
      const middle = open + (walk[i] as number) + slope * (i + 1);
      const quote = middle + ((random.bits() & 1) === 0 ? halfSpread : -halfSpread);
      price[i] = max(1, round(quote * ticksPerUnit)) / ticksPerUnit;
    }
  }

  private fillSizes(hasAuction: boolean): void {
    const { size, random, length } = this;
    const { typicalSize, info } = this.symbol;
    const isFractional = info.asset_class === 'crypto';
    for (let i = 0; i < length; i++) {
      const kind = random.uniform();
      // Exponential sizes: many small, few large.
      const drawn = -log(1 - random.uniform()) * typicalSize * (kind < BLOCK_ODDS ? 60 : 1);
      if (isFractional) size[i] = max(1, round(drawn * 1e6)) / 1e6;
      else if (kind > 1 - ODD_LOT_ODDS) size[i] = 1 + floor(random.uniform() * 99);
      else size[i] = 100 * max(1, round(drawn / 100));
    }
    if (hasAuction && length > 0) size[0] = round(typicalSize * AUCTION_FACTOR);
  }
}

/** Standard deviation of an ordinary day of the market as a whole. */
export const MARKET_VOLATILITY = 0.009;

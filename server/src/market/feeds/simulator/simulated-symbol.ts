import type { SymbolInfo } from '@libs/contract';
import { describeSymbol } from '../symbol-info.js';
import { hashText, SeededRandom } from './seeded-random.js';

/** How a symbol of the simulated market behaves. */
export interface SimulatedSymbol {
  readonly info: SymbolInfo;
  /** Number of the symbol's own random streams. */
  readonly hash: number;
  /** Long-run price in quote currency. */
  readonly basePrice: number;
  /** Share of the market's moves it goes along with. */
  readonly beta: number;
  /** Standard deviation of its own moves over a day, as a fraction of the price. */
  readonly ownVolatility: number;
  /** Trades per minute in the middle of the regular session. */
  readonly tradesPerMinute: number;
  /** Fewest trades in any minute, at any time of the week. */
  readonly leastTradesPerMinute: number;
  /** Typical size of a trade: shares, or coins. */
  readonly typicalSize: number;
  /** Smallest step of the price. */
  readonly tickSize: number;
}

type Character = Pick<SimulatedSymbol, 'basePrice' | 'beta' | 'ownVolatility' | 'tradesPerMinute'>;

/** The default watchlist, first symbol first. */
export const DEFAULT_SYMBOLS: readonly string[] = ['SPY', 'QQQ', 'AAPL', 'MSFT', 'NVDA', 'TSLA'];

const CHARACTERS: ReadonlyMap<string, Character> = new Map([
  ['SPY', { basePrice: 665, beta: 1, ownVolatility: 0.0008, tradesPerMinute: 150 }],
  ['QQQ', { basePrice: 605, beta: 1.25, ownVolatility: 0.003, tradesPerMinute: 85 }],
  ['AAPL', { basePrice: 268, beta: 1.1, ownVolatility: 0.008, tradesPerMinute: 70 }],
  ['MSFT', { basePrice: 498, beta: 1, ownVolatility: 0.007, tradesPerMinute: 45 }],
  ['NVDA', { basePrice: 184, beta: 1.7, ownVolatility: 0.015, tradesPerMinute: 95 }],
  ['TSLA', { basePrice: 412, beta: 1.6, ownVolatility: 0.02, tradesPerMinute: 75 }],
  ['BTC-USD', { basePrice: 92_000, beta: 0.8, ownVolatility: 0.018, tradesPerMinute: 60 }],
  ['ETH-USD', { basePrice: 3_050, beta: 0.9, ownVolatility: 0.024, tradesPerMinute: 45 }],
]);

/** The first symbol is the one people look at first: it trades at least every three seconds, day and night. */
const LEAST_OF_FIRST_SYMBOL = 62;
const TYPICAL_NOTIONAL = 22_000;
const TYPICAL_COIN_NOTIONAL = 1_500;

/** Makes the symbols of a simulated market, in the order given. A symbol without a known character gets one of its name. */
export function simulatedSymbols(names: readonly string[]): SimulatedSymbol[] {
  return names.map((name, index) => {
    const info = describeSymbol(name, 'simulator');
    const hash = hashText(name);
    const character = CHARACTERS.get(name) ?? characterOfHash(hash);
    const isCrypto = info.asset_class === 'crypto';
    const notional = isCrypto ? TYPICAL_COIN_NOTIONAL : TYPICAL_NOTIONAL;
    return {
      ...character,
      info,
      hash,
      leastTradesPerMinute: index === 0 ? LEAST_OF_FIRST_SYMBOL : 0,
      tradesPerMinute: index === 0 ? Math.max(150, character.tradesPerMinute) : character.tradesPerMinute,
      typicalSize: notional / character.basePrice,
      tickSize: 0.01,
    };
  });
}

function characterOfHash(hash: number): Character {
  const random = new SeededRandom(hash);
  return {
    basePrice: Math.round(2_000 * Math.exp(random.uniform() * 2.7)) / 100,
    beta: 0.6 + random.uniform(),
    ownVolatility: 0.008 + 0.014 * random.uniform(),
    tradesPerMinute: 15 + Math.floor(40 * random.uniform()),
  };
}

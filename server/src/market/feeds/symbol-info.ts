import type { SymbolInfo } from '@libs/contract';

/** Names of the symbols people meet first; any other symbol goes by itself. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['SPY', 'SPDR S&P 500 ETF Trust'],
  ['QQQ', 'Invesco QQQ Trust'],
  ['AAPL', 'Apple Inc.'],
  ['MSFT', 'Microsoft Corporation'],
  ['NVDA', 'NVIDIA Corporation'],
  ['TSLA', 'Tesla, Inc.'],
  ['IBM', 'International Business Machines Corporation'],
  ['BAC', 'Bank of America Corporation'],
  ['BTC-USD', 'Bitcoin / US Dollar'],
  ['ETH-USD', 'Ether / US Dollar'],
  ['SOL-USD', 'Solana / US Dollar'],
]);

/** Sources that carry nothing but crypto. */
const CRYPTO_SOURCES: ReadonlySet<string> = new Set([
  'coinbase',
  'kraken',
  'binance',
  'freqtrade',
  'nautilus',
  'pyalgotrade',
]);
/** `BTC-USD`, `ETHUSDT`: a quote currency at the end. Share symbols without a dash have at most five letters. */
const CRYPTO_SYMBOL = /^(.+-(USD|USDT|USDC|EUR|GBP|BTC|ETH)|.{3,}(USD|USDT|USDC|EUR|GBP|BTC|ETH))$/;
/** `GCZ2013`: root, month letter, year. */
const FUTURE_SYMBOL = /^[A-Z]{1,3}[FGHJKMNQUVXZ]\d{1,4}$/;

/** What kind of instrument a symbol of a source is. */
export function assetClassOf(symbol: string, source: string): SymbolInfo['asset_class'] {
  if (CRYPTO_SOURCES.has(source) || CRYPTO_SYMBOL.test(symbol)) return 'crypto';
  return FUTURE_SYMBOL.test(symbol) ? 'future' : 'us_equity';
}

/**
 * Describes a symbol of a source. `priceDecimals` is what its prices were seen with; US shares are shown with two
 * decimals whatever a single print says.
 */
export function describeSymbol(symbol: string, source: string, priceDecimals = 2): SymbolInfo {
  const assetClass = assetClassOf(symbol, source);
  return {
    symbol,
    name: NAMES.get(symbol) ?? symbol,
    asset_class: assetClass,
    calendar: assetClass === 'crypto' ? '24x7' : 'XNYS',
    price_decimals: assetClass === 'us_equity' ? 2 : priceDecimals,
  };
}

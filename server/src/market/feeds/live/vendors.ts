import { massiveKeyOf, type Env } from '../../../config/env.schema.js';
import { CoinbaseVendor } from '../coinbase/coinbase-vendor.js';
import { KrakenVendor } from '../kraken/kraken-vendor.js';
import { MassiveVendor, STOCK } from '../massive/massive-vendor.js';
import { describeSymbol } from '../symbol-info.js';
import { PAIR } from './public-vendor.js';
import type { Vendor } from './vendor.port.js';

/** Vendors by the name that `FEED` gives them. */
export type VendorName = 'massive' | 'coinbase' | 'kraken';

const STOCKS = ['SPY', 'QQQ', 'AAPL', 'MSFT', 'NVDA', 'TSLA'];
const COINS = ['BTC-USD', 'ETH-USD', 'SOL-USD'];

/** A watchlist names what a vendor does not trade in. */
export class NoSuchSymbolsError extends Error {
  constructor(
    readonly symbols: readonly string[],
    hint: string,
  ) {
    super(`${symbols.join(', ')} ${symbols.length === 1 ? 'is' : 'are'} not traded there; ${hint}`);
    this.name = 'NoSuchSymbolsError';
  }
}

/** A vendor as the settings describe it. Throws {@link NoSuchSymbolsError}. */
export function vendorOf(name: VendorName, env: Env): Vendor {
  switch (name) {
    case 'massive':
      return new MassiveVendor({
        wsUrl: env.MASSIVE_WS_URL,
        restUrl: env.MASSIVE_REST_URL,
        key: massiveKeyOf(env) ?? '',
        symbols: watchlist(env, name, STOCKS, STOCK, 'name US stocks such as SPY'),
      });
    case 'coinbase':
      return new CoinbaseVendor({
        wsUrl: env.COINBASE_WS_URL,
        restUrl: env.COINBASE_REST_URL,
        symbols: watchlist(env, name, COINS, PAIR, 'name pairs such as BTC-USD'),
      });
    case 'kraken':
      return new KrakenVendor({
        wsUrl: env.KRAKEN_WS_URL,
        restUrl: env.KRAKEN_REST_URL,
        symbols: watchlist(env, name, COINS, PAIR, 'name pairs such as BTC-USD'),
      });
  }
}

/** The vendors that serve anybody, in the order in which they are preferred. Throws {@link NoSuchSymbolsError}. */
export function keylessVendors(env: Env): Vendor[] {
  return [vendorOf('coinbase', env), vendorOf('kraken', env)];
}

function watchlist(env: Env, source: VendorName, standard: readonly string[], pattern: RegExp, hint: string) {
  const symbols = env.SYMBOLS ?? standard;
  const foreign = symbols.filter((symbol) => !pattern.test(symbol));
  if (foreign.length > 0) throw new NoSuchSymbolsError(foreign, hint);
  return symbols.map((symbol) => describeSymbol(symbol, source));
}

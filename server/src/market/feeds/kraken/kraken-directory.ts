import type { SymbolInfo } from '@libs/contract';
import { Subscription } from 'rxjs';
import type { Clock } from '../../../common/clock.js';
import { ProductList } from '../live/product-list.js';
import { PAIR } from '../live/public-vendor.js';
import { isRecord } from '../live/vendor-numbers.js';
import type { RequestBudget } from '../live/request-budget.js';
import { VendorRestError } from '../live/vendor-rest-error.js';
import { VendorRest } from '../live/vendor-rest.js';
import type { SymbolDirectory } from '../market-feed.port.js';
import { describeSymbol } from '../symbol-info.js';
import { symbolOfPair } from './kraken-pair.js';

/** All pairs of Kraken that are traded, from `AssetPairs`. */
export function krakenDirectory(baseUrl: string, budget: RequestBudget, clock: Clock): SymbolDirectory {
  const rest = new VendorRest({ baseUrl, budget, waitAfter429Ms: 5_000 }, clock, new Subscription());
  return new ProductList(async () => {
    const { body } = await rest.get('/0/public/AssetPairs');
    const result = isRecord(body) ? body['result'] : undefined;
    if (!isRecord(result)) throw new VendorRestError('the answer holds no pairs', null);
    return Object.values(result).flatMap(pairOf);
  }, clock);
}

function pairOf(row: unknown): SymbolInfo[] {
  if (!isRecord(row) || typeof row['wsname'] !== 'string') return [];
  const symbol = symbolOfPair(row['wsname']);
  if (!PAIR.test(symbol) || (row['status'] ?? 'online') !== 'online') return [];
  const decimals = row['pair_decimals'];
  return [describeSymbol(symbol, 'kraken', typeof decimals === 'number' ? Math.min(10, decimals) : 2)];
}

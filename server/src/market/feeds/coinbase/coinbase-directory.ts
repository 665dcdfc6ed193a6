import type { SymbolInfo } from '@libs/contract';
import { Subscription } from 'rxjs';
import type { Clock } from '../../../common/clock.js';
import { ProductList } from '../live/product-list.js';
import { PAIR } from '../live/public-vendor.js';
import { decimalsOf, isRecord } from '../live/vendor-numbers.js';
import type { RequestBudget } from '../live/request-budget.js';
import { VendorRestError } from '../live/vendor-rest-error.js';
import { VendorRest } from '../live/vendor-rest.js';
import type { SymbolDirectory } from '../market-feed.port.js';
import { describeSymbol } from '../symbol-info.js';

/** All products of Coinbase Exchange that are traded, from `GET /products`. */
export function coinbaseDirectory(baseUrl: string, budget: RequestBudget, clock: Clock): SymbolDirectory {
  const rest = new VendorRest({ baseUrl, budget, waitAfter429Ms: 1_000 }, clock, new Subscription());
  return new ProductList(async () => {
    const { body } = await rest.get('/products');
    if (!Array.isArray(body)) throw new VendorRestError('the answer is not a list', null);
    return (body as unknown[]).flatMap(productOf);
  }, clock);
}

function productOf(row: unknown): SymbolInfo[] {
  if (!isRecord(row) || typeof row['id'] !== 'string' || !PAIR.test(row['id'])) return [];
  if (row['trading_disabled'] === true || (row['status'] ?? 'online') !== 'online') return [];
  return [describeSymbol(row['id'], 'coinbase', decimalsOf(row['quote_increment']))];
}

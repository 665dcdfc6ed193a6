import type { DurationMs, EpochMs } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
import { Subscription } from 'rxjs';
import type { Clock } from '../../../common/clock.js';
import { isRecord } from '../live/vendor-numbers.js';
import type { RequestBudget } from '../live/request-budget.js';
import { VendorRestError } from '../live/vendor-rest-error.js';
import { VendorRest } from '../live/vendor-rest.js';
import type { SymbolDirectory } from '../market-feed.port.js';
import { describeSymbol } from '../symbol-info.js';

const KEPT_MS: DurationMs = 3_600_000;
/** Questions whose answers are kept. */
const MOST_KEPT = 500;

/** Where Massive lists its tickers, and the key for it. */
interface MassiveDirectoryOptions {
  readonly restUrl: string;
  readonly key: string;
  readonly budget: RequestBudget;
  readonly clock: Clock;
}

/** Active US stocks of Massive, from `/v3/reference/tickers`. Each question is asked once an hour: the free plan has five a minute. */
export class MassiveDirectory implements SymbolDirectory {
  private readonly rest: VendorRest;
  private readonly answers = new Map<string, { readonly atMs: EpochMs; readonly found: SymbolInfo[] }>();

  constructor(private readonly options: MassiveDirectoryOptions) {
    const { restUrl, key, budget, clock } = options;
    const headers = { Authorization: `Bearer ${key}` };
    const lifetime = new Subscription();
    this.rest = new VendorRest(
      { baseUrl: restUrl, headers, budget, waitAfter429Ms: 15_000 },
      clock,
      lifetime,
    );
  }

  async search(words: string, limit: number): Promise<readonly SymbolInfo[]> {
    const filter = words.trim() === '' ? '' : `&search=${encodeURIComponent(words.trim())}`;
    return this.ask(`${filter}&sort=ticker&limit=${limit}`);
  }

  async find(symbol: string): Promise<SymbolInfo | undefined> {
    const found = await this.ask(`&ticker=${encodeURIComponent(symbol)}&limit=1`);
    return found.find((info) => info.symbol === symbol);
  }

  private async ask(filter: string): Promise<SymbolInfo[]> {
    const nowMs = this.options.clock.nowMs();
    const known = this.answers.get(filter);
    if (known !== undefined && nowMs - known.atMs < KEPT_MS) return known.found;
    const { body } = await this.rest.get(`/v3/reference/tickers?market=stocks&active=true${filter}`);
    if (!isRecord(body)) throw new VendorRestError('the answer is no object', null);
    // Without a match there is no list at all.
    const rows = Array.isArray(body['results']) ? (body['results'] as unknown[]) : [];
    const found = rows.flatMap(tickerOf);
    this.answers.delete(filter);
    this.answers.set(filter, { atMs: nowMs, found });
    for (const oldest of this.answers.keys()) {
      if (this.answers.size <= MOST_KEPT) break;
      this.answers.delete(oldest);
    }
    return found;
  }
}

function tickerOf(row: unknown): SymbolInfo[] {
  if (!isRecord(row) || typeof row['ticker'] !== 'string') return [];
  const info = describeSymbol(row['ticker'], 'massive');
  return [{ ...info, name: typeof row['name'] === 'string' ? row['name'] : info.name }];
}

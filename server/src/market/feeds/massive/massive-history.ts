import type { EpochMs, FinishedMinute } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
import type { Clock } from '../../../common/clock.js';
import { instantOf, isRecord } from '../live/vendor-numbers.js';
import type { RequestBudget } from '../live/request-budget.js';
import { VendorRest } from '../live/vendor-rest.js';
import { VendorRestError, type Lifetime } from '../live/vendor-rest-error.js';
import type { VendorTrade } from '../live/vendor-trade.js';
import type { VendorHistory } from '../live/vendor.port.js';
import type { MinuteHistory } from '../market-feed.port.js';
import { minuteOfRow } from './massive-minute.js';
import { massiveInstant, type MassiveTrades } from './massive-trades.js';

const ROWS_A_PAGE = 50_000;
const MOST_PAGES = 20;
/** The free plan has five calls a minute. */
const WAIT_AFTER_429_MS = 15_000;
/** Codes of records that are sales: 0 or none as reported, 1 an original that was corrected later. */
const SALES: ReadonlySet<unknown> = new Set([undefined, null, 0, 1]);

/** What Massive's history is asked with. */
export interface MassiveHistoryOptions {
  readonly restUrl: string;
  readonly key: string;
  readonly symbols: readonly SymbolInfo[];
  readonly trades: MassiveTrades;
  readonly budget: RequestBudget;
  readonly clock: Clock;
  readonly lifetime: Lifetime;
}

/** Aggregates and trades of Massive over REST. The key goes into a header, never into a URL. */
export class MassiveHistory implements VendorHistory {
  private readonly rest: VendorRest;

  constructor(private readonly options: MassiveHistoryOptions) {
    const { restUrl, key, budget, clock, lifetime } = options;
    this.rest = new VendorRest(
      {
        baseUrl: restUrl,
        headers: { Authorization: `Bearer ${key}` },
        budget,
        waitAfter429Ms: WAIT_AFTER_429_MS,
        faultOf,
      },
      clock,
      lifetime,
    );
  }

  async serverTimeMs(): Promise<EpochMs | null> {
    const { body, serverMs } = await this.rest.get('/v1/marketstatus/now');
    const toldMs = isRecord(body) ? instantOf(body['serverTime']) : NaN;
    return Number.isNaN(toldMs) ? serverMs : toldMs;
  }

  async minutes(symbolIndex: number, fromMs: EpochMs, toMs: EpochMs): Promise<MinuteHistory> {
    if (toMs <= fromMs) return { minutes: [], coveredFromMs: fromMs };
    const range = `range/1/minute/${fromMs}/${toMs - 1}`;
    // As traded: bars that are adjusted for later splits would not fit the trades that follow.
    const path = `/v2/aggs/ticker/${this.ticker(symbolIndex)}/${range}?adjusted=false&sort=asc&limit=${ROWS_A_PAGE}`;
    const minutes: FinishedMinute[] = [];
    for await (const row of this.rows(path)) {
      const minute = minuteOfRow(row, symbolIndex);
      if (minute !== undefined && minute.startMs >= fromMs && minute.startMs < toMs) minutes.push(minute);
    }
    minutes.sort((a, b) => a.startMs - b.startMs);
    return { minutes, coveredFromMs: fromMs };
  }

  async tradesSince(symbolIndex: number, _afterId: number | null, fromMs: EpochMs): Promise<VendorTrade[]> {
    // Nanoseconds of a whole millisecond: as text, because they do not fit a double.
    const since = `${Math.floor(fromMs)}000000`;
    const query = `timestamp.gte=${since}&order=asc&sort=timestamp&limit=${ROWS_A_PAGE}`;
    const found: VendorTrade[] = [];
    for await (const row of this.rows(`/v3/trades/${this.ticker(symbolIndex)}?${query}`)) {
      const trade = SALES.has(row['correction']) ? this.tradeOf(row, symbolIndex) : undefined;
      if (trade !== undefined) found.push(trade);
    }
    return found;
  }

  private tradeOf(row: Readonly<Record<string, unknown>>, symbolIndex: number): VendorTrade | undefined {
    return this.options.trades.tradeOf({
      symbolIndex,
      tsMs: massiveInstant(row['sip_timestamp']),
      price: row['price'],
      size: row['size'],
      decimalSize: row['decimal_size'],
      conditions: row['conditions'],
      sequence: row['sequence_number'],
      exchange: row['exchange'],
      tradeId: row['id'],
    });
  }

  /** Rows of all pages. The link to the next one names the vendor's host and lacks the key: path and query are all that is used. */
  private async *rows(firstPath: string): AsyncGenerator<Readonly<Record<string, unknown>>> {
    let path = firstPath;
    for (let page = 0; page < MOST_PAGES; page++) {
      const { body } = await this.rest.get(path);
      if (!isRecord(body)) throw new VendorRestError('the answer is no object', null);
      // Without data there is no list at all.
      const results = Array.isArray(body['results']) ? (body['results'] as unknown[]) : [];
      for (const row of results) if (isRecord(row)) yield row;
      const next = body['next_url'];
      if (typeof next !== 'string' || next === '') return;
      path = next;
    }
    throw new VendorRestError(`the answer has more than ${MOST_PAGES} pages`, null);
  }

  private ticker(symbolIndex: number): string {
    return encodeURIComponent(this.options.symbols[symbolIndex]?.symbol ?? '');
  }
}

/** The text is in `error` for some failures and in `message` for others. */
function faultOf(body: unknown): string | undefined {
  if (!isRecord(body)) return undefined;
  const words = [body['error'], body['message']].find((part) => typeof part === 'string');
  return typeof words === 'string' ? words : undefined;
}

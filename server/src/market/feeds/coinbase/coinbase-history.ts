import { BASE_TIMEFRAME, timeframeMs, type EpochMs, type FinishedMinute } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
import type { Clock } from '../../../common/clock.js';
import { decimalOf, instantOf, isPrice, isRecord, isSize } from '../live/vendor-numbers.js';
import type { RequestBudget } from '../live/request-budget.js';
import { VendorRest } from '../live/vendor-rest.js';
import { VendorRestError, type Lifetime } from '../live/vendor-rest-error.js';
import type { VendorTrade } from '../live/vendor-trade.js';
import type { VendorHistory } from '../live/vendor.port.js';
import type { MinuteHistory } from '../market-feed.port.js';
import { coinbaseTrade } from './coinbase-session.js';

const MINUTE_MS = timeframeMs(BASE_TIMEFRAME);
const CANDLES_A_PAGE = 300;
const TRADES_A_PAGE = 1_000;
/** 50,000 trades: a quarter of an hour of the busiest product. */
const MOST_TRADE_PAGES = 50;

/** Candles and trades of Coinbase Exchange over REST. */
export class CoinbaseHistory implements VendorHistory {
  private readonly rest: VendorRest;

  constructor(
    private readonly symbols: readonly SymbolInfo[],
    { restUrl, budget }: { readonly restUrl: string; readonly budget: RequestBudget },
    clock: Clock,
    lifetime: Lifetime,
  ) {
    this.rest = new VendorRest(
      { baseUrl: restUrl, budget, waitAfter429Ms: 1_000, faultOf: messageIn },
      clock,
      lifetime,
    );
  }

  async serverTimeMs(): Promise<EpochMs | null> {
    const { body, serverMs } = await this.rest.get('/time');
    const toldMs = isRecord(body) ? instantOf(body['iso']) : NaN;
    return Number.isNaN(toldMs) ? serverMs : toldMs;
  }

  async minutes(symbolIndex: number, fromMs: EpochMs, toMs: EpochMs): Promise<MinuteHistory> {
    const minutes: FinishedMinute[] = [];
    for (let pageMs = fromMs; pageMs < toMs; pageMs += CANDLES_A_PAGE * MINUTE_MS) {
      // Both ends are included.
      const lastMs = Math.min(pageMs + (CANDLES_A_PAGE - 1) * MINUTE_MS, toMs - MINUTE_MS);
      const range = `start=${new Date(pageMs).toISOString()}&end=${new Date(lastMs).toISOString()}`;
      const { body } = await this.rest.get(`${this.path(symbolIndex)}/candles?granularity=60&${range}`);
      for (const row of rowsOf(body)) {
        const minute = candleOf(row, symbolIndex);
        if (minute !== undefined && minute.startMs >= pageMs && minute.startMs <= lastMs)
          minutes.push(minute);
      }
    }
    minutes.sort((a, b) => a.startMs - b.startMs);
    return { minutes, coveredFromMs: fromMs };
  }

  async tradesSince(symbolIndex: number, afterId: number | null, fromMs: EpochMs): Promise<VendorTrade[]> {
    const found: VendorTrade[] = [];
    let olderThan = '';
    for (let page = 0; page < MOST_TRADE_PAGES; page++) {
      const { body } = await this.rest.get(
        `${this.path(symbolIndex)}/trades?limit=${TRADES_A_PAGE}${olderThan}`,
      );
      const rows = rowsOf(body).flatMap((row) =>
        isRecord(row) ? (coinbaseTrade(row, symbolIndex) ?? []) : [],
      );
      const wanted = rows.filter((trade) => (afterId === null ? trade.tsMs >= fromMs : trade.id > afterId));
      found.push(...wanted);
      const oldest = rows.at(-1);
      if (oldest === undefined || wanted.length < rows.length) return found.reverse();
      olderThan = `&after=${oldest.id}`;
    }
    throw new VendorRestError(`more than ${MOST_TRADE_PAGES * TRADES_A_PAGE} trades were missed`, null);
  }

  private path(symbolIndex: number): string {
    return `/products/${encodeURIComponent(this.symbols[symbolIndex]?.symbol ?? '')}`;
  }
}

/** `[time in seconds, low, high, open, close, volume]`: mind the order. */
function candleOf(row: unknown, symbolIndex: number): FinishedMinute | undefined {
  if (!Array.isArray(row)) return undefined;
  const [seconds = NaN, l = NaN, h = NaN, o = NaN, c = NaN, v = NaN] = row.map(decimalOf);
  if (![o, h, l, c].every(isPrice) || !isSize(v) || !Number.isSafeInteger(seconds)) return undefined;
  // Coinbase tells neither the average price nor the number of trades.
  return { symbolIndex, startMs: seconds * 1_000, o, h, l, c, v, vw: (h + l + c) / 3, n: 0 };
}

function rowsOf(body: unknown): unknown[] {
  if (Array.isArray(body)) return body;
  throw new VendorRestError('the answer is not a list', null);
}

function messageIn(body: unknown): string | undefined {
  return isRecord(body) && typeof body['message'] === 'string' ? body['message'] : undefined;
}

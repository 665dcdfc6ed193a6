import { UPDATES_ALL, type EpochMs, type FinishedMinute } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
import type { Clock } from '../../../common/clock.js';
import { decimalOf, isPrice, isRecord, isSize } from '../live/vendor-numbers.js';
import type { RequestBudget } from '../live/request-budget.js';
import { VendorRest } from '../live/vendor-rest.js';
import { VendorRestError, type Lifetime } from '../live/vendor-rest-error.js';
import type { VendorTrade } from '../live/vendor-trade.js';
import type { VendorHistory } from '../live/vendor.port.js';
import type { MinuteHistory } from '../market-feed.port.js';
import { restPair } from './kraken-pair.js';

const TRADES_A_PAGE = 1_000;
/** A second each. */
const MOST_TRADE_PAGES = 30;
/** The answer holds no more rows than this, whatever was asked for. */
const MOST_CANDLES = 720;
const NS_PER_MS = 1_000_000n;

/** Candles and trades of Kraken over REST. */
export class KrakenHistory implements VendorHistory {
  private readonly rest: VendorRest;

  constructor(
    private readonly symbols: readonly SymbolInfo[],
    { restUrl, budget }: { readonly restUrl: string; readonly budget: RequestBudget },
    clock: Clock,
    lifetime: Lifetime,
  ) {
    this.rest = new VendorRest({ baseUrl: restUrl, budget, waitAfter429Ms: 5_000 }, clock, lifetime);
  }

  async serverTimeMs(): Promise<EpochMs | null> {
    const { body, serverMs } = await this.rest.get('/0/public/Time');
    const seconds = isRecord(body) && isRecord(body['result']) ? body['result']['unixtime'] : undefined;
    return typeof seconds === 'number' ? seconds * 1_000 : serverMs;
  }

  async minutes(symbolIndex: number, fromMs: EpochMs, toMs: EpochMs): Promise<MinuteHistory> {
    const since = Math.floor(fromMs / 1_000) - 60;
    const { rows } = await this.ask('OHLC', symbolIndex, `interval=1&since=${since}`);
    const found = rows.flatMap((row) => candleOf(row, symbolIndex) ?? []);
    const firstMs = found[0]?.startMs ?? fromMs;
    const minutes = found.filter(({ startMs }) => startMs >= fromMs && startMs < toMs);
    return { minutes, coveredFromMs: found.length >= MOST_CANDLES - 1 ? Math.max(fromMs, firstMs) : fromMs };
  }

  async tradesSince(symbolIndex: number, afterId: number | null, fromMs: EpochMs): Promise<VendorTrade[]> {
    const found: VendorTrade[] = [];
    // Trades after the cursor are told; one millisecond earlier, so that those at the instant itself are among them.
    let cursor = String(BigInt(Math.floor(fromMs) - 1) * NS_PER_MS);
    for (let page = 0; page < MOST_TRADE_PAGES; page++) {
      const { rows, last } = await this.ask('Trades', symbolIndex, `since=${cursor}&count=${TRADES_A_PAGE}`);
      for (const row of rows) {
        const trade = tradeOf(row, symbolIndex);
        if (trade !== undefined && (afterId === null ? trade.tsMs >= fromMs : trade.id > afterId))
          found.push(trade);
      }
      if (rows.length < TRADES_A_PAGE || last === '' || last === cursor) return found;
      cursor = last;
    }
    throw new VendorRestError(`more than ${MOST_TRADE_PAGES * TRADES_A_PAGE} trades were missed`, null);
  }

  /** Failures come with HTTP 200 and a list of errors. */
  private async ask(
    what: 'OHLC' | 'Trades',
    symbolIndex: number,
    query: string,
  ): Promise<{ rows: unknown[]; last: string }> {
    const pair = restPair(this.symbols[symbolIndex]?.symbol ?? '');
    const { body } = await this.rest.get(`/0/public/${what}?pair=${encodeURIComponent(pair)}&${query}`);
    if (!isRecord(body)) throw new VendorRestError('the answer is no object', null);
    const errors = Array.isArray(body['error']) ? (body['error'] as unknown[]) : [];
    if (errors.length > 0) throw new VendorRestError(errors.join(', ').slice(0, 200), 200);
    const result = isRecord(body['result']) ? body['result'] : {};
    // The pair's own name is whatever Kraken calls it.
    const rows = Object.entries(result).find(([name, value]) => name !== 'last' && Array.isArray(value))?.[1];
    if (rows === undefined) throw new VendorRestError('the answer holds no rows', null);
    const last = result['last'];
    return { rows: rows as unknown[], last: typeof last === 'string' ? last : '' };
  }
}

/** `[time in seconds, open, high, low, close, vwap, volume, count]`. */
function candleOf(row: unknown, symbolIndex: number): FinishedMinute | undefined {
  if (!Array.isArray(row)) return undefined;
  const [seconds = NaN, o = NaN, h = NaN, l = NaN, c = NaN, vwap = NaN, v = NaN, n = NaN] =
    row.map(decimalOf);
  if (![o, h, l, c].every(isPrice) || !isSize(v) || !Number.isSafeInteger(seconds) || !(n > 0))
    return undefined;
  return { symbolIndex, startMs: seconds * 1_000, o, h, l, c, v, vw: isPrice(vwap) ? vwap : c, n };
}

/** `[price, volume, time in seconds, side, order type, miscellaneous, trade id]`. */
function tradeOf(row: unknown, symbolIndex: number): VendorTrade | undefined {
  if (!Array.isArray(row)) return undefined;
  const [price, volume, seconds, , , , id] = row as unknown[];
  if (typeof id !== 'number' || typeof seconds !== 'number') return undefined;
  return {
    symbolIndex,
    id,
    key: 0,
    // Rounded to the microsecond first: 0.29 s as a double times 1,000 is 289.99.
    tsMs: Math.floor(Math.round(seconds * 1e6) / 1e3),
    price: decimalOf(price),
    size: decimalOf(volume),
    updates: UPDATES_ALL,
  };
}

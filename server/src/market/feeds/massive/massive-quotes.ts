import type { MarketQuote, PriceLimits } from '../../quotes/market-quote.js';
import { decimalOf, instantByMagnitude, isPrice, isSize, isTradeTime } from '../live/vendor-numbers.js';

type Message = Readonly<Record<string, unknown>>;

/** Indicators of an `LULD` event that say more than new limits do. Told of stocks listed at Nasdaq alone. */
const HALTED = 17;
const RESUMED = 18;

/** Bid and ask of a `Q` event; `undefined` when it is none. */
export function quoteOfEvent(event: Message, symbolIndex: number): MarketQuote | undefined {
  const tsMs = instantByMagnitude(event['t']);
  if (!isTradeTime(tsMs)) return undefined;
  const [bid, ask] = [priceOf(event['bp']), priceOf(event['ap'])];
  return {
    symbolIndex,
    tsMs,
    bid,
    bidSize: bid === null ? null : sizeOf(event['bs']),
    ask,
    askSize: ask === null ? null : sizeOf(event['as']),
  };
}

/** Limits of an `LULD` event, and the halt or resumption it may tell; `undefined` when it is none. */
export function limitsOfEvent(event: Message, symbolIndex: number): PriceLimits | undefined {
  const tsMs = instantByMagnitude(event['t']);
  if (!isTradeTime(tsMs)) return undefined;
  const indicators: readonly unknown[] = Array.isArray(event['i']) ? (event['i'] as unknown[]) : [];
  const trading = indicators.includes(RESUMED) ? 'resumed' : indicators.includes(HALTED) ? 'halted' : null;
  return { symbolIndex, tsMs, low: priceOf(event['l']), high: priceOf(event['h']), trading };
}

/** Zero and nothing mean that the side is empty. */
function priceOf(value: unknown): number | null {
  const price = decimalOf(value);
  return isPrice(price) ? price : null;
}

function sizeOf(value: unknown): number | null {
  const size = decimalOf(value);
  return isSize(size) ? size : null;
}

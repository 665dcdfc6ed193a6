import { UPDATES_OPEN_CLOSE, type EpochMs, type TradeBatch } from '@libs/bars';
import type { HaltedSymbol, QuoteBook, TapeQuote } from '@libs/contract';
import type { MarketQuote, PriceLimits } from './market-quote.js';

/** Trades made before a halt are told for a while after it; one stamped this much later shows that it is over. */
const AFTER_HALT_MS = 1_000;

/** What is known of a symbol beside its trades: bid and ask, price limits, whether it is halted. The newest of each. */
export class QuoteBoard {
  private readonly quotes = new Map<number, MarketQuote>();
  private readonly limits = new Map<number, PriceLimits>();
  private readonly haltedSince = new Map<number, EpochMs>();
  /** Symbols whose quote was not told to the other instances yet. */
  private readonly changed = new Set<number>();

  /** What is older than what is known changes nothing. */
  takeQuote(quote: MarketQuote): void {
    const { symbolIndex, tsMs } = quote;
    if (tsMs < (this.quotes.get(symbolIndex)?.tsMs ?? -Infinity)) return;
    this.quotes.set(symbolIndex, quote);
    this.changed.add(symbolIndex);
  }

  /** Returns whether the symbol was halted or resumed by it. */
  takeLimits(limits: PriceLimits): boolean {
    const { symbolIndex, tsMs, trading } = limits;
    const known = this.limits.get(symbolIndex);
    if (tsMs < (known?.tsMs ?? -Infinity)) return false;
    const hasPrices = limits.low !== null || limits.high !== null;
    this.limits.set(
      symbolIndex,
      hasPrices ? limits : { ...limits, low: known?.low ?? null, high: known?.high ?? null },
    );
    if (trading === 'resumed') return this.haltedSince.delete(symbolIndex);
    if (trading !== 'halted' || this.haltedSince.has(symbolIndex)) return false;
    this.haltedSince.set(symbolIndex, tsMs);
    return true;
  }

  /** A price that is made ends a halt whose end was not told. Returns whether one did. */
  takeTrades(batch: TradeBatch): boolean {
    if (this.haltedSince.size === 0) return false;
    let hasEnded = false;
    for (let row = 0; row < batch.length; row++) {
      const symbolIndex = batch.symbolIndex[row] as number;
      const sinceMs = this.haltedSince.get(symbolIndex);
      if (sinceMs === undefined || ((batch.updates[row] as number) & UPDATES_OPEN_CLOSE) === 0) continue;
      if ((batch.tsMs[row] as number) > sinceMs + AFTER_HALT_MS)
        hasEnded = this.haltedSince.delete(symbolIndex);
    }
    return hasEnded;
  }

  /** Symbols that are halted, in the order of `symbols`. */
  halted(symbols: readonly { readonly symbol: string }[]): HaltedSymbol[] {
    return [...this.haltedSince]
      .sort(([a], [b]) => a - b)
      .map(([symbolIndex, since]) => ({ symbol: symbols[symbolIndex]?.symbol ?? '', since }));
  }

  /** What a quote says beside the price; nothing of what is not known. */
  of(symbolIndex: number): QuoteBook {
    const quote = this.quotes.get(symbolIndex);
    const { low = null, high = null } = this.limits.get(symbolIndex) ?? {};
    return {
      ...(quote !== undefined && {
        bid: quote.bid,
        bid_size: quote.bidSize,
        ask: quote.ask,
        ask_size: quote.askSize,
        quote_ts: quote.tsMs,
      }),
      ...(low !== null && { limit_down: low }),
      ...(high !== null && { limit_up: high }),
    };
  }

  /** Bid and ask for the tape. */
  tapeQuote(symbolIndex: number): TapeQuote | undefined {
    const quote = this.quotes.get(symbolIndex);
    if (quote === undefined) return undefined;
    const { tsMs, bid, bidSize, ask, askSize } = quote;
    return { ts: tsMs, bid, bid_size: bidSize, ask, ask_size: askSize };
  }

  /** Quotes that changed since the last call. */
  takeChanged(): MarketQuote[] {
    const changed = [...this.changed].flatMap((symbolIndex) => this.quotes.get(symbolIndex) ?? []);
    this.changed.clear();
    return changed;
  }

  /** A symbol is not followed any more, or none is: what is known grows old unseen. */
  forget(symbolIndex?: number): void {
    for (const known of [this.quotes, this.limits, this.haltedSince]) {
      if (symbolIndex === undefined) known.clear();
      else known.delete(symbolIndex);
    }
    if (symbolIndex === undefined) this.changed.clear();
    else this.changed.delete(symbolIndex);
  }
}

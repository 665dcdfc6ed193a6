import type { FinishedMinute } from '@libs/bars';
import type { MarketQuote, PriceLimits } from '../../quotes/market-quote.js';
import type { SessionDesk } from '../live/vendor.port.js';
import type { VendorTrade } from '../live/vendor-trade.js';

/** A desk that notes what a vendor's session does. */
export class SessionLog {
  readonly sent: unknown[] = [];
  readonly trades: VendorTrade[] = [];
  readonly minutes: FinishedMinute[] = [];
  readonly quotes: MarketQuote[] = [];
  readonly limits: PriceLimits[] = [];
  readonly rejected: string[] = [];
  readonly told: string[] = [];
  readonly unknown: string[] = [];

  readonly desk: SessionDesk = {
    send: (text) => this.sent.push(JSON.parse(text)),
    trade: (trade) => this.trades.push(trade),
    serverTime: () => undefined,
    toldUpTo: () => undefined,
    minutes: (minutes) => this.minutes.push(...minutes),
    quote: (quote) => this.quotes.push(quote),
    limits: (limits) => this.limits.push(limits),
    subscribed: (brings) => this.told.push(`subscribed ${brings}`),
    added: (symbolIndex, fault) => this.told.push(`added ${symbolIndex} ${fault ?? ''}`.trim()),
    reject: (reason, sample) => this.rejected.push(`${reason} ${sample}`),
    unknownConditions: (codes) => this.unknown.push(...codes),
    giveUp: (reason) => this.told.push(`gave up: ${reason}`),
    coolDown: (_forMs, reason) => this.told.push(`cools down: ${reason}`),
  };
}

import { UPDATES_ALL } from '@libs/bars';
import { decimalOf, instantOf, isRecord } from '../live/vendor-numbers.js';
import type { VendorTrade } from '../live/vendor-trade.js';
import type { SessionDesk, VendorSession } from '../live/vendor.port.js';

const TOO_MANY_PAUSE_MS = 60_000;
const LONGEST_SAMPLE = 100;

type Message = Readonly<Record<string, unknown>>;

/** A trade as Coinbase Exchange tells it, live or from history; `undefined` when it is none. */
export function coinbaseTrade(row: Message, symbolIndex: number): VendorTrade | undefined {
  const id = row['trade_id'];
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) return undefined;
  return {
    symbolIndex,
    id,
    key: 0,
    tsMs: instantOf(row['time']),
    price: decimalOf(row['price']),
    size: decimalOf(row['size']),
    updates: UPDATES_ALL,
  };
}

/** One connection to Coinbase Exchange. */
export class CoinbaseSession implements VendorSession {
  private readonly indexOf: ReadonlyMap<string, number>;
  private isSubscribed = false;

  constructor(
    private readonly symbols: readonly string[],
    private readonly desk: SessionDesk,
  ) {
    this.indexOf = new Map(symbols.map((symbol, index) => [symbol, index]));
  }

  opened(): void {
    this.desk.send(
      JSON.stringify({ type: 'subscribe', product_ids: this.symbols, channels: ['matches', 'heartbeat'] }),
    );
  }

  text(text: string): void {
    const message = JSON.parse(text) as unknown;
    if (!isRecord(message)) {
      this.desk.reject('malformed', `no object: ${text.slice(0, LONGEST_SAMPLE)}`);
      return;
    }
    switch (message['type']) {
      case 'match':
      case 'last_match':
        this.takeTrade(message, text);
        return;
      case 'heartbeat':
        this.takeHeartbeat(message);
        return;
      case 'subscriptions':
        this.takeSubscriptions(message);
        return;
      case 'error':
        this.takeError(message);
        return;
      case undefined:
        this.desk.reject('malformed', `no type: ${text.slice(0, LONGEST_SAMPLE)}`);
        return;
      default: // New kinds of messages may appear at any time.
    }
  }

  private takeTrade(message: Message, text: string): void {
    const symbolIndex = this.indexOf.get(String(message['product_id']));
    if (symbolIndex === undefined) {
      this.desk.reject('unknown_symbol', text.slice(0, LONGEST_SAMPLE));
      return;
    }
    const trade = coinbaseTrade(message, symbolIndex);
    if (trade === undefined) this.desk.reject('malformed', text.slice(0, LONGEST_SAMPLE));
    else this.desk.trade(trade);
  }

  private takeHeartbeat(message: Message): void {
    const serverMs = instantOf(message['time']);
    if (!Number.isNaN(serverMs)) this.desk.serverTime(serverMs);
    const symbolIndex = this.indexOf.get(String(message['product_id']));
    const id = message['last_trade_id'];
    // Some connections are told 0 for ever.
    if (symbolIndex !== undefined && typeof id === 'number' && id > 0) this.desk.toldUpTo(symbolIndex, id);
  }

  private takeSubscriptions(message: Message): void {
    const channels = Array.isArray(message['channels']) ? (message['channels'] as unknown[]) : [];
    const hasMatches = channels.some((channel) => isRecord(channel) && channel['name'] === 'matches');
    if (this.isSubscribed || !hasMatches) return;
    this.isSubscribed = true;
    this.desk.subscribed('trades');
  }

  private takeError(message: Message): void {
    const words = [message['message'], message['reason']]
      .filter((part) => typeof part === 'string')
      .join(': ')
      .slice(0, 200);
    if (/too many|rate limit/i.test(words))
      this.desk.coolDown(TOO_MANY_PAUSE_MS, `Coinbase asks for a pause (${words})`);
    else if (this.isSubscribed) this.desk.reject('malformed', `Coinbase reports an error: ${words}`);
    else this.desk.giveUp(`Coinbase refuses the subscription (${words}); check SYMBOLS`);
  }
}

import { UPDATES_ALL } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
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
  private readonly indexOf = new Map<string, number>();
  /** Products that were added and not answered yet. */
  private readonly adding = new Set<string>();
  private isSubscribed = false;

  constructor(
    private readonly symbols: readonly SymbolInfo[],
    private readonly first: readonly number[],
    private readonly desk: SessionDesk,
  ) {
    for (const symbolIndex of first) this.learn(symbolIndex);
  }

  opened(): void {
    this.ask(
      'subscribe',
      this.first.map((symbolIndex) => this.learn(symbolIndex)),
    );
  }

  /** One message each: a product that is refused takes all others of its message with it. */
  add(symbolIndexes: readonly number[]): void {
    for (const symbolIndex of symbolIndexes) {
      const product = this.learn(symbolIndex);
      this.adding.add(product);
      this.ask('subscribe', [product]);
    }
  }

  remove(symbolIndex: number): void {
    this.ask('unsubscribe', [this.learn(symbolIndex)]);
  }

  private learn(symbolIndex: number): string {
    const product = this.symbols[symbolIndex]?.symbol ?? '';
    this.indexOf.set(product, symbolIndex);
    return product;
  }

  private ask(type: 'subscribe' | 'unsubscribe', products: readonly string[]): void {
    this.desk.send(JSON.stringify({ type, product_ids: products, channels: ['matches', 'heartbeat'] }));
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
    const matches = channels.find((channel) => isRecord(channel) && channel['name'] === 'matches');
    if (!isRecord(matches)) return;
    const products = Array.isArray(matches['product_ids']) ? (matches['product_ids'] as unknown[]) : [];
    for (const product of [...this.adding]) if (products.includes(product)) this.answered(product);
    if (this.isSubscribed) return;
    this.isSubscribed = true;
    this.desk.subscribed('trades');
  }

  private answered(product: string, fault?: string): void {
    this.adding.delete(product);
    const symbolIndex = this.indexOf.get(product);
    if (symbolIndex !== undefined) this.desk.added(symbolIndex, fault);
  }

  private takeError(message: Message): void {
    const words = [message['message'], message['reason']]
      .filter((part) => typeof part === 'string')
      .join(': ')
      .slice(0, 200);
    if (/too many|rate limit/i.test(words))
      this.desk.coolDown(TOO_MANY_PAUSE_MS, `Coinbase asks for a pause (${words})`);
    else if (this.isSubscribed) this.takeRefusal(words);
    else this.desk.giveUp(`Coinbase refuses the subscription (${words}); check SYMBOLS`);
  }

  /** The words name the product that is refused. */
  private takeRefusal(words: string): void {
    const refused = [...this.adding].find((product) => words.includes(product));
    if (refused !== undefined) this.answered(refused, words);
    else this.desk.reject('malformed', `Coinbase reports an error: ${words}`);
  }
}

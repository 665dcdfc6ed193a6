import { UPDATES_ALL } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
import { decimalOf, instantOf, isRecord } from '../live/vendor-numbers.js';
import type { SessionDesk, VendorSession } from '../live/vendor.port.js';
import { streamPair } from './kraken-pair.js';

const LONGEST_SAMPLE = 100;

type Message = Readonly<Record<string, unknown>>;

/** One connection to Kraken's WebSocket v2. */
export class KrakenSession implements VendorSession {
  private readonly indexOf = new Map<string, number>();
  /** Pairs of the start that were not answered yet, and those that were added later. */
  private readonly asked = new Set<string>();
  private readonly adding = new Set<string>();
  private readonly refused: string[] = [];
  private lastRefusal = '';
  private isSubscribed = false;

  constructor(
    private readonly symbols: readonly SymbolInfo[],
    private readonly first: readonly number[],
    private readonly desk: SessionDesk,
  ) {
    for (const symbolIndex of first) this.learn(symbolIndex);
  }

  opened(): void {
    for (const symbolIndex of this.first) this.asked.add(this.learn(symbolIndex));
    this.ask('subscribe', [...this.asked]);
  }

  add(symbolIndexes: readonly number[]): void {
    const pairs = symbolIndexes.map((symbolIndex) => this.learn(symbolIndex));
    for (const pair of pairs) this.adding.add(pair);
    this.ask('subscribe', pairs);
  }

  remove(symbolIndex: number): void {
    this.ask('unsubscribe', [this.learn(symbolIndex)]);
  }

  private learn(symbolIndex: number): string {
    const pair = streamPair(this.symbols[symbolIndex]?.symbol ?? '');
    this.indexOf.set(pair, symbolIndex);
    return pair;
  }

  private ask(method: 'subscribe' | 'unsubscribe', pairs: readonly string[]): void {
    // The snapshot tells where the numbers of the trades stand.
    const params = { channel: 'trade', symbol: pairs, ...(method === 'subscribe' && { snapshot: true }) };
    this.desk.send(JSON.stringify({ method, params, req_id: 1 }));
  }

  text(text: string): void {
    const message = JSON.parse(text) as unknown;
    if (!isRecord(message)) this.desk.reject('malformed', `no object: ${text.slice(0, LONGEST_SAMPLE)}`);
    else if (message['channel'] === 'trade') this.takeTrades(message['data'], text);
    else if (message['method'] === 'subscribe') this.takeAnswer(message);
    else if (message['channel'] === undefined && message['method'] === undefined) {
      this.desk.reject('malformed', `neither channel nor method: ${text.slice(0, LONGEST_SAMPLE)}`);
    }
  }

  private takeTrades(data: unknown, text: string): void {
    if (!Array.isArray(data)) {
      this.desk.reject('malformed', `trades without data: ${text.slice(0, LONGEST_SAMPLE)}`);
      return;
    }
    for (const row of data as unknown[]) this.takeTrade(row);
  }

  private takeTrade(row: unknown): void {
    const id = isRecord(row) ? row['trade_id'] : undefined;
    if (!isRecord(row) || typeof id !== 'number' || !Number.isSafeInteger(id)) {
      this.desk.reject('malformed', `no trade: ${JSON.stringify(row).slice(0, LONGEST_SAMPLE)}`);
      return;
    }
    const symbolIndex = this.indexOf.get(String(row['symbol']));
    if (symbolIndex === undefined) {
      this.desk.reject('unknown_symbol', JSON.stringify(row).slice(0, LONGEST_SAMPLE));
      return;
    }
    this.desk.trade({
      symbolIndex,
      id,
      key: 0,
      tsMs: instantOf(row['timestamp']),
      price: decimalOf(row['price']),
      size: decimalOf(row['qty']),
      updates: UPDATES_ALL,
    });
  }

  private takeAnswer(message: Message): void {
    const { result } = message;
    const pair = String((isRecord(result) ? result['symbol'] : undefined) ?? message['symbol']);
    const fault = message['success'] === false ? String(message['error']).slice(0, 200) : undefined;
    if (this.adding.delete(pair)) {
      const symbolIndex = this.indexOf.get(pair);
      if (symbolIndex !== undefined) this.desk.added(symbolIndex, fault);
      return;
    }
    if (this.asked.delete(pair) && fault !== undefined) {
      this.lastRefusal = fault;
      this.refused.push(pair);
    }
    if (this.isSubscribed || this.asked.size > 0) return;
    if (this.refused.length >= this.first.length) {
      this.desk.giveUp(`Kraken refuses the subscription (${this.lastRefusal}); check SYMBOLS`);
      return;
    }
    this.isSubscribed = true;
    const note = this.refused.length === 0 ? '' : `Kraken does not carry ${this.refused.join(', ')}`;
    this.desk.subscribed('trades', note);
  }
}

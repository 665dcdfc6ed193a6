import type { ServerResponse } from 'node:http';
import { CoinbaseVendor } from '../coinbase/coinbase-vendor.js';
import type { Vendor } from '../live/vendor.port.js';
import { describeSymbol } from '../symbol-info.js';
import { answerJson, FakeServer, type FakeConnection } from './fake-server.suite.js';
import type { FakeTape, TapeTrade } from './fake-tape.suite.js';

/** Coinbase Exchange as its documentation describes it, with a tape of our own behind it. */
export class FakeCoinbase extends FakeServer {
  private readonly subscribed = new WeakMap<FakeConnection, Set<string>>();

  constructor(
    readonly tape: FakeTape,
    private readonly nowMs: () => number,
  ) {
    super();
  }

  vendor(wanted = this.tape.symbols): Vendor {
    const symbols = wanted.map((symbol) => describeSymbol(symbol, 'coinbase'));
    return new CoinbaseVendor({ wsUrl: this.wsUrl, restUrl: this.restUrl, symbols });
  }

  /** What each connection has subscribed, in the order of names. */
  get subscriptions(): string[][] {
    return this.connections.map((connection) => [...(this.subscribed.get(connection) ?? [])].sort());
  }

  /** The message of a trade. */
  messageOf(trade: TapeTrade, type = 'match'): unknown {
    return {
      type,
      trade_id: trade.id,
      maker_order_id: 'a',
      taker_order_id: 'b',
      side: 'sell',
      size: trade.size.toFixed(8),
      price: trade.price.toFixed(2),
      product_id: trade.symbol,
      sequence: trade.id * 7,
      time: new Date(trade.tsMs).toISOString().replace('Z', '123Z'),
    };
  }

  /** Sends trades to everybody, one message each, as Coinbase does. */
  tell(trades: readonly TapeTrade[]): void {
    for (const trade of trades) {
      for (const connection of this.connections)
        if (this.subscribed.get(connection)?.has(trade.symbol) === true)
          connection.send(this.messageOf(trade));
    }
  }

  /** What comes once a second. */
  beat(): void {
    for (const connection of this.connections) {
      for (const symbol of this.subscribed.get(connection) ?? []) {
        const last_trade_id = this.newest(symbol)?.id ?? 0;
        connection.send({
          type: 'heartbeat',
          sequence: 90,
          last_trade_id,
          product_id: symbol,
          time: new Date(this.nowMs()).toISOString(),
        });
      }
    }
  }

  protected receive(connection: FakeConnection, message: unknown): void {
    const { type, product_ids } = message as { type: string; product_ids: string[] };
    const products = new Set(this.subscribed.get(connection));
    this.subscribed.set(connection, products);
    if (type === 'unsubscribe') for (const id of product_ids) products.delete(id);
    if (type !== 'subscribe') return;
    const unknown = product_ids.find((id) => !this.tape.symbols.includes(id));
    if (unknown !== undefined) {
      connection.send({
        type: 'error',
        message: 'Failed to subscribe',
        reason: `${unknown} is not a valid product`,
      });
      return;
    }
    for (const symbol of product_ids) {
      const newest = this.newest(symbol);
      if (newest !== undefined) connection.send(this.messageOf(newest, 'last_match'));
    }
    for (const id of product_ids) products.add(id);
    // All that is subscribed by now, not what was asked for last.
    const channels = ['matches', 'heartbeat'].map((name) => ({ name, product_ids: [...products] }));
    connection.send({ type: 'subscriptions', channels });
  }

  protected answer(url: URL, response: ServerResponse): void {
    if (url.pathname === '/time') {
      answerJson(response, { iso: new Date(this.nowMs()).toISOString(), epoch: this.nowMs() / 1_000 });
      return;
    }
    if (url.pathname === '/products') {
      const products = this.tape.symbols.map((id) => ({ id, quote_increment: '0.01', status: 'online' }));
      answerJson(response, products);
      return;
    }
    const [, product, what] = /^\/products\/([^/]+)\/(candles|trades)$/.exec(url.pathname) ?? [];
    if (product === undefined) answerJson(response, { message: 'NotFound' }, 404);
    else if (what === 'candles') answerJson(response, this.candles(product, url.searchParams));
    else answerJson(response, this.page(product, url.searchParams));
  }

  private candles(product: string, query: URLSearchParams): unknown[] {
    const [startMs, endMs] = ['start', 'end'].map((name) => Date.parse(query.get(name) ?? '')) as [
      number,
      number,
    ];
    if (endMs - startMs > 299 * 60_000) throw new Error('more than 300 candles were asked for');
    return this.tape
      .minutes(product, startMs, endMs + 1)
      .reverse()
      .map(({ startMs: ms, o, h, l, c, v }) => [ms / 1_000, l, h, o, c, v]);
  }

  private page(product: string, query: URLSearchParams): unknown[] {
    const before = Number(query.get('after') ?? Infinity);
    return this.tape
      .of(product)
      .filter(({ id }) => id < before)
      .reverse()
      .slice(0, Number(query.get('limit') ?? 100))
      .map((trade) => {
        const { trade_id, side, size, price, time } = this.messageOf(trade) as Record<string, unknown>;
        return { trade_id, side, size, price, time };
      });
  }

  private newest(symbol: string): TapeTrade | undefined {
    return this.tape.of(symbol).at(-1);
  }
}

import type { ServerResponse } from 'node:http';
import { KrakenVendor } from '../kraken/kraken-vendor.js';
import type { Vendor } from '../live/vendor.port.js';
import { describeSymbol } from '../symbol-info.js';
import { answerJson, FakeServer, type FakeConnection } from './fake-server.suite.js';
import type { FakeTape, TapeTrade } from './fake-tape.suite.js';

/** Kraken's WebSocket v2 and REST as documented, with a tape of our own behind it. */
export class FakeKraken extends FakeServer {
  private readonly subscribed = new WeakMap<FakeConnection, Set<string>>();

  constructor(
    readonly tape: FakeTape,
    private readonly nowMs: () => number,
  ) {
    super();
  }

  vendor(wanted = this.tape.symbols): Vendor {
    const symbols = wanted.map((symbol) => describeSymbol(symbol, 'kraken'));
    return new KrakenVendor({ wsUrl: `${this.wsUrl}/v2`, restUrl: this.restUrl, symbols });
  }

  rowOf(trade: TapeTrade): unknown {
    return {
      symbol: trade.symbol.replace('-', '/'),
      side: 'sell',
      price: trade.price,
      qty: trade.size,
      ord_type: 'market',
      trade_id: trade.id,
      timestamp: new Date(trade.tsMs).toISOString().replace('Z', '456Z'),
    };
  }

  messageOf(trade: TapeTrade): unknown {
    return { channel: 'trade', type: 'update', data: [this.rowOf(trade)] };
  }

  /** Sends trades to everybody, several of one symbol in a message. */
  tell(trades: readonly TapeTrade[]): void {
    for (const symbol of new Set(trades.map((trade) => trade.symbol))) {
      const data = trades.filter((trade) => trade.symbol === symbol).map((trade) => this.rowOf(trade));
      for (const connection of this.connections)
        if (this.subscribed.get(connection)?.has(symbol) === true)
          connection.send({ channel: 'trade', type: 'update', data });
    }
  }

  beat(): void {
    for (const connection of this.connections) connection.send({ channel: 'heartbeat' });
  }

  protected override greeting(): unknown {
    return { channel: 'status', type: 'update', data: [{ system: 'online', api_version: 'v2' }] };
  }

  protected receive(connection: FakeConnection, message: unknown): void {
    const { method, params } = message as {
      method: string;
      params: { channel: string; symbol: string[]; snapshot: boolean };
    };
    if (method === 'unsubscribe')
      for (const pair of params.symbol) this.subscribed.get(connection)?.delete(pair.replace('/', '-'));
    if (method !== 'subscribe') return;
    for (const pair of params.symbol) {
      const symbol = pair.replace('/', '-');
      if (!this.tape.symbols.includes(symbol)) {
        connection.send({
          method,
          success: false,
          error: `Currency pair not supported ${pair}`,
          symbol: pair,
          req_id: 1,
        });
        continue;
      }
      this.subscribed.set(connection, new Set([...(this.subscribed.get(connection) ?? []), symbol]));
      const result = { channel: 'trade', symbol: pair, snapshot: params.snapshot };
      connection.send({ method, success: true, result, req_id: 1 });
      // Newest first, so that nobody relies on an order that is not promised.
      const data = this.tape
        .of(symbol)
        .slice(-50)
        .reverse()
        .map((trade) => this.rowOf(trade));
      if (params.snapshot) connection.send({ channel: 'trade', type: 'snapshot', data });
    }
  }

  protected answer(url: URL, response: ServerResponse): void {
    if (url.pathname === '/0/public/Time') {
      answerJson(response, { error: [], result: { unixtime: Math.floor(this.nowMs() / 1_000) } });
      return;
    }
    if (url.pathname === '/0/public/AssetPairs') {
      const pairs = this.tape.symbols.map((symbol) => {
        const wsname = symbol.replace('BTC', 'XBT').replace('-', '/');
        return [`X${symbol}`, { wsname, pair_decimals: 2, status: 'online' }];
      });
      answerJson(response, { error: [], result: Object.fromEntries(pairs) as unknown });
      return;
    }
    const pair = url.searchParams.get('pair') ?? '';
    const symbol = this.tape.symbols.find((one) => one.replace('BTC', 'XBT').replace('-', '') === pair);
    if (symbol === undefined) answerJson(response, { error: ['EQuery:Unknown asset pair'] });
    else if (url.pathname === '/0/public/OHLC') answerJson(response, this.candles(symbol));
    else answerJson(response, this.trades(symbol, url.searchParams));
  }

  /** The newest 720, whatever was asked for, the running one among them. */
  private candles(symbol: string): unknown {
    const rows = this.tape
      .minutes(symbol, 0, Infinity)
      .slice(-720)
      .map(({ startMs, o, h, l, c, v, vw, n }) => [
        startMs / 1_000,
        `${o}`,
        `${h}`,
        `${l}`,
        `${c}`,
        `${vw}`,
        `${v}`,
        n,
      ]);
    return { error: [], result: { [`X${symbol}`]: rows, last: 0 } };
  }

  private trades(symbol: string, query: URLSearchParams): unknown {
    const since = BigInt(query.get('since') ?? '0');
    const rows = this.tape
      .of(symbol)
      .filter(({ tsMs }) => nanoseconds(tsMs) > since)
      .slice(0, Number(query.get('count') ?? 1_000));
    const last = rows.at(-1);
    return {
      error: [],
      result: {
        [`X${symbol}`]: rows.map(({ price, size, tsMs, id }) => [
          `${price}`,
          `${size}`,
          tsMs / 1_000 + 0.000456,
          's',
          'm',
          '',
          id,
        ]),
        last: String(last === undefined ? since : nanoseconds(last.tsMs)),
      },
    };
  }
}

function nanoseconds(tsMs: number): bigint {
  return BigInt(tsMs) * 1_000_000n + 456_000n;
}

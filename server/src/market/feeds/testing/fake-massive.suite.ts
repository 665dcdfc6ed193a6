import type { ServerResponse } from 'node:http';
import { MassiveVendor } from '../massive/massive-vendor.js';
import type { Vendor } from '../live/vendor.port.js';
import { describeSymbol } from '../symbol-info.js';
import { answerJson, FakeServer, type FakeConnection } from './fake-server.suite.js';
import type { FakeTape, TapeTrade } from './fake-tape.suite.js';

/** The key that the fake vendor knows. */
export const FAKE_KEY = 'k3y-of-nobody';

/** What the account's plan holds. */
export type FakePlan = 'trades' | 'minutes' | 'none';

/** Massive's stocks cluster and REST as documented, with a tape of our own behind it. Ids have holes, as sequences do. */
export class FakeMassive extends FakeServer {
  plan: FakePlan = 'trades';
  /** What the plan holds beside them. */
  extras: readonly ('Q' | 'LULD')[] = [];
  /** Whether it answers who asks for what the plan lacks; some channels it never answers. */
  answersExtras = true;
  /** Rows of its table of sale conditions; `null`: the key may not read it. */
  conditions: readonly unknown[] | null = [];
  /** Rows of one page of history. */
  pageSize = 1_000;
  private readonly subscribed = new Map<FakeConnection, Set<string>>();

  constructor(
    readonly tape: FakeTape,
    private readonly nowMs: () => number,
  ) {
    super();
  }

  vendor(wanted = this.tape.symbols, key = FAKE_KEY): Vendor {
    const symbols = wanted.map((symbol) => describeSymbol(symbol, 'massive'));
    return new MassiveVendor({ wsUrl: this.wsUrl, restUrl: this.restUrl, key, symbols });
  }

  eventOf({ symbol, id, tsMs, price, size, conditions }: TapeTrade): unknown {
    const c = conditions.length === 0 ? {} : { c: conditions };
    const whole = { s: Math.floor(size), ...(Number.isInteger(size) ? {} : { ds: String(size) }) };
    return { ev: 'T', sym: symbol, x: 4, i: String(id), z: 1, p: price, ...whole, ...c, t: tsMs, q: 3 * id };
  }

  messageOf(trade: TapeTrade): unknown {
    return [this.eventOf(trade)];
  }

  /** Sends trades to everybody who subscribed, all in one frame. */
  tell(trades: readonly TapeTrade[]): void {
    this.send(trades.map((trade) => [`T.${trade.symbol}`, this.eventOf(trade)]));
  }

  /** Sends official minutes. */
  tellMinutes(symbol: string, fromMs: number, toMs: number): void {
    const minutes = this.tape.minutes(symbol, fromMs, toMs, setsPrice);
    this.send(minutes.map((minute) => [`AM.${symbol}`, minuteEvent(symbol, minute)]));
  }

  send(events: readonly (readonly [channel: string, event: unknown])[]): void {
    for (const connection of this.connections) {
      const channels = this.subscribed.get(connection);
      const wanted = events.flatMap(([channel, event]) => (channels?.has(channel) === true ? [event] : []));
      if (wanted.length > 0) connection.send(wanted);
    }
  }

  beat(): void {
    // Nothing but answers to pings shows that a quiet connection lives.
  }

  protected override greeting(): unknown {
    return [{ ev: 'status', status: 'connected', message: 'Connected Successfully' }];
  }

  protected receive(connection: FakeConnection, message: unknown): void {
    const { action, params } = message as { action: string; params: string };
    if (action === 'auth') {
      const isKnown = params === FAKE_KEY && this.plan !== 'none';
      connection.send([
        isKnown
          ? { ev: 'status', status: 'auth_success', message: 'authenticated' }
          : { ev: 'status', status: 'auth_failed', message: 'authentication failed' },
      ]);
    }
    if (action === 'subscribe') this.subscribe(connection, params.split(','));
    if (action === 'unsubscribe')
      for (const channel of params.split(',')) this.subscribed.get(connection)?.delete(channel);
  }

  private subscribe(connection: FakeConnection, channels: readonly string[]): void {
    const granted = channels.filter((channel) => {
      const [kind = ''] = channel.split('.');
      return (
        kind === 'AM' ||
        (this.plan === 'trades' && (kind === 'T' || this.extras.some((extra) => extra === kind)))
      );
    });
    this.subscribed.set(connection, new Set([...(this.subscribed.get(connection) ?? []), ...granted]));
    const answers = channels.map((channel) =>
      granted.includes(channel)
        ? { ev: 'status', status: 'success', message: `subscribed to: ${channel}` }
        : { ev: 'status', status: 'error', message: 'not authorized' },
    );
    const isTold = this.answersExtras || granted.length > 0;
    // In two frames: any framing is allowed.
    if (!isTold) return;
    connection.send(answers.slice(0, 1));
    connection.send(answers.slice(1));
  }

  protected answer(url: URL, response: ServerResponse): void {
    if (url.pathname === '/v1/marketstatus/now') {
      answerJson(response, {
        market: 'open',
        serverTime: new Date(this.nowMs()).toISOString().replace('Z', '-00:00'),
      });
      return;
    }
    if (url.pathname === '/v3/reference/conditions') {
      if (this.conditions !== null) answerJson(response, { status: 'OK', results: this.conditions });
      else answerJson(response, { status: 'NOT_AUTHORIZED', message: 'not entitled to this data' }, 403);
      return;
    }
    if (url.pathname === '/v3/reference/tickers') {
      this.answerTickers(url.searchParams, response);
      return;
    }
    const aggregates = /^\/v2\/aggs\/ticker\/([^/]+)\/range\/1\/minute\/(\d+)\/(\d+)$/.exec(url.pathname);
    const trades = /^\/v3\/trades\/([^/]+)$/.exec(url.pathname);
    if (aggregates !== null) this.answerAggregates(aggregates, url, response);
    else if (trades !== null) this.answerTrades(trades[1] ?? '', url, response);
    else answerJson(response, { status: 'NOT_FOUND', request_id: 'r' }, 404);
  }

  private answerTickers(query: URLSearchParams, response: ServerResponse): void {
    const [ticker, words] = [query.get('ticker'), query.get('search')?.toUpperCase() ?? ''];
    const results = this.tape.symbols
      .filter((symbol) => (ticker === null ? symbol.includes(words) : symbol === ticker))
      .map((symbol) => ({ ticker: symbol, name: `${symbol} Inc.`, market: 'stocks', active: true }));
    answerJson(response, { status: 'OK', count: results.length, ...(results.length > 0 && { results }) });
  }

  private answerAggregates(
    [, ticker = '', from = '', to = '']: readonly string[],
    url: URL,
    response: ServerResponse,
  ): void {
    const results = this.tape
      .minutes(ticker, Number(from), Number(to) + 1, setsPrice)
      .map(({ startMs, ...rest }) => ({ t: startMs, ...rest, dv: String(rest.v), v: Math.floor(rest.v) }));
    this.answerPage(results, url, response);
  }

  private answerTrades(ticker: string, url: URL, response: ServerResponse): void {
    if (this.plan !== 'trades') {
      answerJson(
        response,
        { status: 'NOT_AUTHORIZED', request_id: 'r', message: 'You are not entitled to this data.' },
        403,
      );
      return;
    }
    const sinceMs = Number(BigInt(url.searchParams.get('timestamp.gte') ?? '0') / 1_000_000n);
    const results = this.tape
      .of(ticker)
      .filter(({ tsMs }) => tsMs >= sinceMs)
      .map(({ id, tsMs, price, size, conditions }) => ({
        ...(conditions.length === 0 ? {} : { conditions }),
        exchange: 4,
        id: String(id),
        price,
        sequence_number: 3 * id,
        // As nanoseconds stand in JSON: beyond what a double holds exactly.
        sip_timestamp: tsMs * 1e6 + 123_456,
        size: Math.floor(size),
        decimal_size: String(size),
        tape: 1,
      }));
    // A trade that was taken back, and the record that says so: neither is a sale.
    const cancelled = results.slice(0, 1).flatMap((row) => [
      { ...row, id: 'x1', sequence_number: 1, correction: 8 },
      { ...row, id: 'x2', sequence_number: 2, correction: 10 },
    ]);
    this.answerPage([...cancelled, ...results], url, response);
  }

  /** A link to the next page names the vendor's own host, which is not this one, and holds no key. */
  private answerPage(rows: readonly unknown[], url: URL, response: ServerResponse): void {
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const page = rows.slice(from, from + this.pageSize);
    const next = new URL(url.pathname + url.search, 'https://api.massive.com');
    next.searchParams.set('cursor', String(from + this.pageSize));
    answerJson(response, {
      status: 'OK',
      request_id: 'r',
      resultsCount: page.length,
      ...(page.length === 0 ? {} : { results: page }),
      ...(from + this.pageSize < rows.length ? { next_url: next.href } : {}),
    });
  }
}

/** Odd lots (37) and average prices (2) set none. */
export function setsPrice({ conditions }: TapeTrade): boolean {
  return !conditions.includes(37) && !conditions.includes(2);
}

export function minuteEvent(
  symbol: string,
  { startMs, o, h, l, c, v, vw, n }: ReturnType<FakeTape['minutes']>[number],
): unknown {
  return {
    ev: 'AM',
    sym: symbol,
    v: Math.floor(v),
    dv: String(v),
    av: 1,
    op: 1,
    vw,
    o,
    c,
    h,
    l,
    a: 1,
    z: Math.max(1, Math.round(v / n)),
    s: startMs,
    e: startMs + 60_000,
  };
}

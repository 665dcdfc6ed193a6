import { describe, expect, test } from '@jest/globals';
import { UPDATES_ALL, UPDATES_VOLUME, UPDATES_VWAP } from '@libs/bars';
import { CoinbaseSession, coinbaseTrade } from '../coinbase/coinbase-session.js';
import { minuteOfRow } from '../massive/massive-minute.js';
import { MassiveSession } from '../massive/massive-session.js';
import { massiveInstant, MassiveTrades } from '../massive/massive-trades.js';
import { describeSymbol } from '../symbol-info.js';
import { SessionLog } from '../testing/session-log.suite.js';
import { hasWire, readWire, wirePath, type WireLine } from '../testing/wire.suite.js';

/** Recordings may not be shipped, so they lie beside the project, or not at all. */
function withRecording(name: string, run: (lines: WireLine[]) => void): void {
  if (hasWire(name)) test(name, () => run(readWire(name)));
  else test.skip(`${name}: ${wirePath(name)} is not there`, () => undefined);
}

type Frame = Readonly<Record<string, unknown>>;
const framesOf = (lines: readonly WireLine[], dir: string): unknown[] =>
  lines.flatMap((line) => (line['dir'] === dir && 'frame' in line ? [line['frame']] : []));

describe('Coinbase, as recorded', () => {
  withRecording('coinbase-ws-2021-04-17.jsonl', (lines) => {
    const frames = framesOf(lines, 'in') as Frame[];
    const trades = frames.filter(({ type }) => type === 'match' || type === 'last_match');
    const products = [...new Set(trades.map((frame) => String(frame['product_id'])))];
    const log = new SessionLog();
    const infos = products.map((product) => describeSymbol(product, 'coinbase'));
    const session = new CoinbaseSession(infos, [...infos.keys()], log.desk);
    for (const frame of frames) session.text(JSON.stringify(frame));
    expect(log.rejected).toEqual([]);
    expect(log.told).toEqual(['subscribed trades']);
    expect(trades.length).toBeGreaterThan(20);
    // Tickers repeat trades that came as matches: only matches count.
    expect(log.trades).toEqual(
      trades.map((frame) => ({
        symbolIndex: products.indexOf(String(frame['product_id'])),
        id: frame['trade_id'],
        key: 0,
        tsMs: Date.parse(String(frame['time']).replace(/(\.\d{3})\d*Z$/, '$1Z')),
        price: Number(frame['price']),
        size: Number(frame['size']),
        updates: UPDATES_ALL,
      })),
    );
    for (const frame of trades) expect(coinbaseTrade(frame, 0)?.price).toBeGreaterThan(0);
  });
});

describe('Massive, as documented and as its own client plays it', () => {
  function sessionOf(symbols: readonly string[]): { log: SessionLog; session: MassiveSession } {
    const log = new SessionLog();
    const infos = symbols.map((symbol) => describeSymbol(symbol, 'massive'));
    return {
      log,
      session: new MassiveSession(
        'API_KEY',
        infos,
        [...infos.keys()],
        new MassiveTrades(infos, log.desk),
        log.desk,
      ),
    };
  }

  withRecording('polygon-ws-session.jsonl', (lines) => {
    const { log, session } = sessionOf(['AAPL', 'AMZN']);
    for (const frame of framesOf(lines, 'in')) session.text(JSON.stringify(frame));
    const [auth, subscribe] = framesOf(lines, 'out') as Frame[];
    expect(log.sent[0]).toEqual(auth);
    expect(log.sent[1]).toMatchObject({ action: subscribe?.['action'] });
    expect(log.rejected).toEqual([]);
    expect(log.told.at(-1)).toMatch(/^gave up: Massive refuses the key/);
    // Three trades, all of them twice: the same id and key, so that the second is known for what it is.
    expect(log.trades).toHaveLength(6);
    expect(log.trades.slice(3)).toEqual(log.trades.slice(0, 3));
    expect(log.trades.slice(0, 3)).toMatchObject([
      { symbolIndex: 0, price: 161.87, size: 300, tsMs: 1_651_684_192_462, updates: UPDATES_ALL },
      { symbolIndex: 1, size: 1, updates: UPDATES_VOLUME | UPDATES_VWAP },
      { symbolIndex: 1, size: 100, updates: UPDATES_ALL },
    ]);
  });

  withRecording('polygon-ws-documented.jsonl', (lines) => {
    const { log, session } = sessionOf(['MSFT', 'GTE']);
    const stocks = lines.filter((line) => String(line['channel']).startsWith('/stocks/'));
    expect(stocks.length).toBeGreaterThanOrEqual(6);
    for (const line of stocks) session.text(JSON.stringify([line['event']]));
    expect(log.rejected).toEqual([]);
    expect(log.trades).toMatchObject([
      { symbolIndex: 0, price: 114.125, size: 100, tsMs: 1_536_036_818_784 },
    ]);
    expect(log.quotes).toEqual([
      { symbolIndex: 0, tsMs: 1_536_036_818_784, bid: 114.125, bidSize: 100, ask: 114.128, askSize: 160 },
    ]);
    expect(log.limits).toEqual([
      { symbolIndex: 0, tsMs: 1_601_316_752_683, low: 198.11, high: 218.96, trading: null },
    ]);
    expect(log.minutes).toEqual([
      {
        symbolIndex: 1,
        startMs: 1_610_144_640_000,
        o: 0.4488,
        h: 0.4489,
        l: 0.4486,
        c: 0.4486,
        v: 4_110,
        vw: 0.4488,
        n: 6,
      },
    ]);
  });

  withRecording('polygon-rest.jsonl', (lines) => {
    const answers = (what: RegExp): Frame[] =>
      lines.flatMap((line) => {
        const results = (line['response'] as Frame)['results'];
        return what.test(String(line['request'])) && Array.isArray(results) ? (results as Frame[]) : [];
      });
    const infos = [describeSymbol('AAPL', 'massive')];
    const log = new SessionLog();
    const reader = new MassiveTrades(infos, log.desk);
    const trades = answers(/^GET \/v3\/trades\//);
    expect(trades.length).toBeGreaterThan(2);
    for (const row of trades) {
      const tsMs = massiveInstant(row['sip_timestamp']);
      const trade = reader.tradeOf({
        symbolIndex: 0,
        tsMs,
        price: row['price'],
        size: row['size'],
        decimalSize: row['decimal_size'],
        conditions: row['conditions'],
        sequence: row['sequence_number'],
        exchange: row['exchange'],
        tradeId: row['id'],
      });
      expect(trade).toMatchObject({ price: row['price'], size: row['size'] });
      expect(new Date(tsMs).getUTCFullYear()).toBeGreaterThanOrEqual(2018);
    }
    expect(log.unknown).toEqual([]);
    const rows = answers(/range\/\d/);
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) {
      // Days of New York begin on a whole minute as well.
      expect(minuteOfRow(row, 0)).toMatchObject({
        startMs: row['t'],
        o: row['o'],
        h: row['h'],
        v: row['v'],
        n: row['n'],
      });
    }
  });
});

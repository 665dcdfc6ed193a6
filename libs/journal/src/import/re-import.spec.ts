import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inTimeOrder, type Fill } from '../fills/fill.js';
import { planImport } from '../fills/identity.js';
import { manyFills } from '../testing/arbitrary-fills.suite.js';
import { roundTrips } from '../trips/round-trips.js';
import type { ColumnMapping } from './column-mapping.js';
import { readFills } from './read-fills.js';

const MAPPING: ColumnMapping = {
  version: 1,
  name: 'test',
  broker: 'test',
  delimiter: null,
  decimalPoint: '.',
  header: ['time', 'account', 'symbol', 'side', 'quantity', 'price', 'fee'],
  endsAtEmptyRow: false,
  order: 'oldest-first',
  time: { columns: ['time'], patterns: ['iso'] },
  symbol: ['symbol'],
  side: { column: 'side', match: 'whole', values: { buy: 'buy', sell: 'sell' }, others: 'refuse' },
  quantity: 'quantity',
  price: 'price',
  fees: [{ column: 'fee', costs: 'positive' }],
  multiplier: { fixed: '1' },
  account: 'account',
  currency: null,
  feeCurrency: null,
  brokerFillId: [],
  only: [],
};

function fileOf(fills: readonly Fill[]): string {
  const lines = fills.map(({ atMs, account, symbol, side, quantity, price, fee }) =>
    [new Date(atMs).toISOString(), account, symbol, side, quantity, price, fee].join(','),
  );
  return ['time,account,symbol,side,quantity,price,fee', ...lines].join('\n');
}

function read(fills: readonly Fill[]): readonly Fill[] {
  const file = readFills(fileOf(fills), MAPPING, { zone: 'UTC', account: '-', currency: 'USD' });
  expect(file.refused).toEqual([]);
  expect(file.skipped).toEqual([]);
  return file.fills;
}

const recordOf = (fills: readonly Fill[]) => new Map(fills.map((fill) => [fill.id, fill]));

describe('importing a file', () => {
  it('gives the executions that were written, and nothing the second time', () =>
    fc.assert(
      fc.property(manyFills, (all) => {
        const written = inTimeOrder(all);
        const fills = read(written);
        expect(fills.map(({ id }) => id).sort()).toEqual(written.map(({ id }) => id).sort());
        const net = (list: readonly Fill[]) => roundTrips(list, 'position').map((trade) => trade.net);
        expect(net(fills)).toEqual(net(read(written)));
        expect(planImport(read(written), recordOf(fills))).toEqual({ added: [], known: fills, changed: [] });
      }),
      { numRuns: 40 },
    ));

  it('comes to the same from overlapping files as from one', () =>
    fc.assert(
      fc.property(manyFills, fc.nat(), fc.nat(), (all, first, second) => {
        const written = inTimeOrder(all);
        const instants = [...new Set(written.map(({ atMs }) => atMs)), Infinity];
        const [from, to] = [first, second]
          .map((pick) => instants[pick % instants.length] as number)
          .sort((a, b) => a - b) as [number, number];
        const record = recordOf(read(written.filter(({ atMs }) => atMs < to)));
        for (const fill of planImport(read(written.filter(({ atMs }) => atMs >= from)), record).added) {
          record.set(fill.id, fill);
        }
        expect([...record.keys()].sort()).toEqual(written.map(({ id }) => id).sort());
      }),
      { numRuns: 40 },
    ));
});

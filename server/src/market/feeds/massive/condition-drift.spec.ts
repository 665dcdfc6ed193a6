import { expect, test } from '@jest/globals';
import { hasWire, readWire } from '../testing/wire.suite.js';
import { conditionDrift } from './condition-drift.js';

const row = (id: number, flags: readonly [boolean, boolean, boolean], rest: object = {}): unknown => ({
  id,
  type: 'sale_condition',
  name: `Condition ${id}`,
  data_types: ['trade'],
  update_rules: {
    consolidated: { updates_high_low: flags[0], updates_open_close: flags[1], updates_volume: flags[2] },
  },
  ...rest,
});

test('a table that says the same has no differences', () => {
  const same = [
    row(14, [true, true, true]),
    row(37, [false, false, true]),
    row(10, [true, false, true]),
    row(12, [false, false, true]),
    row(15, [false, false, false]),
    row(38, [true, true, false]),
  ];
  expect(conditionDrift(same)).toEqual([]);
});

test('each switch that differs is named, and so is a condition that is new', () => {
  expect(
    conditionDrift([row(37, [true, true, true]), row(10, [true, false, false]), row(99, [true, true, true])]),
  ).toEqual([
    '37 (Condition 37) updates_high_low is true, updates_open_close is true there',
    '10 (Condition 10) updates_volume is false there',
    '99 (Condition 99) is not in the built-in table',
  ]);
});

test('what is no sale condition of trades, or no row at all, is passed over', () => {
  const others = [
    row(60, [true, true, true], { type: 'short_sale_restricted_indicator' }),
    row(61, [true, true, true], { data_types: ['bbo'] }),
    row(62, [true, true, true], { update_rules: undefined }),
    { type: 'sale_condition' },
    null,
    'x',
  ];
  expect(conditionDrift(others)).toEqual([]);
});

const WIRE = 'polygon-rest.jsonl';
(hasWire(WIRE) ? test : test.skip)(`${WIRE}: the vendor's own rows say what the built-in table says`, () => {
  const rows = readWire(WIRE).flatMap(({ request, response }) =>
    String(request).includes('/v3/reference/conditions') ? (response as { results: unknown[] }).results : [],
  );
  expect(rows.length).toBeGreaterThan(5);
  expect(conditionDrift(rows)).toEqual([]);
});

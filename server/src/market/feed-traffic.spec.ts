import { Logger } from '@nestjs/common';
import { beforeEach, expect, jest, test } from '@jest/globals';
import { FeedTraffic } from './feed-traffic.js';

const told: string[] = [];

beforeEach(() => {
  told.length = 0;
  for (const level of ['log', 'warn'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation((line: unknown) => {
      told.push(`${level} ${String(line)}`);
    });
});

test('messages are counted by kind, and connections after the first', () => {
  const traffic = new FeedTraffic();
  expect([traffic.messages, traffic.reconnects, traffic.conditions]).toEqual([{}, 0, null]);
  traffic.connected();
  traffic.heard('trade', 25);
  traffic.heard('other', 1);
  expect(traffic.reconnects).toBe(0);
  traffic.connected();
  traffic.connected();
  traffic.heard('trade', 5);
  expect(traffic.messages).toEqual({ trade: 30, other: 1 });
  expect(traffic.reconnects).toBe(2);
});

test('a table that differs is told line by line, within a bound, and one that cannot be read with the reason', () => {
  const traffic = new FeedTraffic();
  traffic.tableChecked({ fault: null, differences: Array.from({ length: 60 }, (_, id) => `${id} is new`) });
  expect(traffic.conditions?.differences).toHaveLength(50);
  expect(told).toHaveLength(50);
  expect(told[0]).toBe("warn the vendor's table of sale conditions differs: 0 is new");
  traffic.tableChecked({ fault: 'HTTP 403: not entitled', differences: [] });
  expect(traffic.conditions).toEqual({ fault: 'HTTP 403: not entitled', differences: [] });
  expect(told.at(-1)).toBe('log the table of sale conditions could not be compared: HTTP 403: not entitled');
});

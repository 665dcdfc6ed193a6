import { describe, expect, test } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../common/manual-clock.js';
import { parseEnv } from '../../config/env.schema.js';
import { meterFor } from '../testing/local-desk.suite.js';
import type { CostBook } from './cost-book.js';
import { CostMeter } from './cost-meter.js';
import { NO_COST, type Cost } from './prices.js';

const DAY_MS = 86_400_000;
const NOON_MS = 20_000 * DAY_MS + DAY_MS / 2;
const env = { ...parseEnv({}), COACH_DAILY_USD: 0.5 };
const DEAR: Cost = { usd: 0.4, tokens: 10_000, seconds: 500 };

describe('what the coach costs', () => {
  test('nothing is reserved that could go over the cap, with all that is reserved already', () => {
    const meter = meterFor(env, new ManualClock(NOON_MS));
    const release = meter.reserve(0.3);
    expect(release).not.toBeNull();
    expect(meter.reserve(0.3)).toBeNull();
    release?.();
    release?.();
    expect(meter.reserve(0.3)).not.toBeNull();
    meter.add(DEAR);
    expect(meter.reserve(0)).toBeNull();
  });

  test('another start goes on from there', async () => {
    const book = new Map<number, Cost>();
    const clock = new ManualClock(NOON_MS);
    meterFor(env, clock, book).add(DEAR);
    await nextTurn();
    const next = meterFor(env, clock, book);
    await next.onModuleInit();
    expect(next.today).toEqual({ ...DEAR, capUsd: 0.5 });
    expect(next.reserve(0.11)).toBeNull();
    expect(next.reserve(0.09)).not.toBeNull();
  });

  test('two instances share one day', async () => {
    const book = new Map<number, Cost>();
    const clock = new ManualClock(NOON_MS);
    const [one, other] = [meterFor(env, clock, book), meterFor(env, clock, book)];
    one.add({ usd: 0.064, tokens: 1_000, seconds: 50 });
    await nextTurn();
    other.add({ usd: 0.064, tokens: 1_000, seconds: 50 });
    await nextTurn();
    expect(other.today).toMatchObject({ tokens: 2_000, seconds: 100 });
    expect(other.today.usd).toBeCloseTo(0.128, 10);
  });

  test('a new day is free', async () => {
    const clock = new ManualClock(NOON_MS);
    const meter = meterFor(env, clock);
    meter.add(DEAR);
    await nextTurn();
    await clock.advance(DAY_MS);
    expect(meter.today).toMatchObject(NO_COST);
    expect(meter.reserve(0.5)).not.toBeNull();
  });

  test('what could not be written down counts all the same, and is written with the next', async () => {
    const added: Cost[] = [];
    let isAway = true;
    const book = {
      read: () => Promise.resolve(NO_COST),
      add: (_day: number, cost: Cost) => {
        if (isAway) return Promise.reject(new Error('away'));
        added.push(cost);
        return Promise.resolve(cost);
      },
    };
    const meter = new CostMeter(env, new ManualClock(NOON_MS), book as unknown as CostBook);
    meter.add(DEAR);
    await nextTurn();
    expect(meter.today.tokens).toBe(10_000);
    isAway = false;
    meter.add(DEAR);
    await nextTurn();
    expect(added.map(({ tokens }) => tokens)).toEqual([20_000]);
    expect(meter.today.tokens).toBe(20_000);
  });
});

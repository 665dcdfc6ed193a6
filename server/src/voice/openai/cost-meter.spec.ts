import { describe, expect, test } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../common/manual-clock.js';
import { parseEnv } from '../../config/env.schema.js';
import { meterFor } from '../testing/local-desk.suite.js';
import type { CostBook, DayCost } from './cost-book.js';
import { CostMeter } from './cost-meter.js';

const DAY_MS = 86_400_000;
const NOON_MS = 20_000 * DAY_MS + DAY_MS / 2;
const env = { ...parseEnv({}), COACH_DAILY_USD: 0.5 };
/** 10,000 tokens of speech: 64 cents. */
const DEAR = { output_token_details: { audio_tokens: 10_000 }, total_tokens: 10_000 };

describe('what the coach costs', () => {
  test('is counted by kind, and the cap holds from then on', () => {
    const meter = meterFor(env, new ManualClock(NOON_MS));
    const usage = { input_token_details: { text_tokens: 1_000, audio_tokens: 100, cached_tokens: 500 } };
    expect(meter.add(usage)).toBeCloseTo(0.0054, 10);
    expect(meter.isCapped).toBe(false);
    expect(meter.add(DEAR)).toBeCloseTo(0.64, 10);
    expect(meter.isCapped).toBe(true);
  });

  test('another start goes on from there', async () => {
    const book = new Map<number, DayCost>();
    const clock = new ManualClock(NOON_MS);
    meterFor(env, clock, book).add(DEAR);
    await nextTurn();
    const next = meterFor(env, clock, book);
    await next.onModuleInit();
    expect(next.today).toMatchObject({ usd: 0.64, tokens: 10_000 });
    expect(next.isCapped).toBe(true);
  });

  test('two instances share one day', async () => {
    const book = new Map<number, DayCost>();
    const clock = new ManualClock(NOON_MS);
    const [one, other] = [meterFor(env, clock, book), meterFor(env, clock, book)];
    one.add({ output_token_details: { audio_tokens: 1_000 }, total_tokens: 1_000 });
    await nextTurn();
    other.add({ output_token_details: { audio_tokens: 1_000 }, total_tokens: 1_000 });
    await nextTurn();
    expect(other.today.tokens).toBe(2_000);
    expect(other.today.usd).toBeCloseTo(0.128, 10);
  });

  test('a new day is free', async () => {
    const clock = new ManualClock(NOON_MS);
    const meter = meterFor(env, clock);
    meter.add(DEAR);
    await nextTurn();
    await clock.advance(DAY_MS);
    expect(meter.today).toMatchObject({ usd: 0, tokens: 0 });
    expect(meter.isCapped).toBe(false);
  });

  test('what could not be written down counts all the same, and is written with the next', async () => {
    const added: DayCost[] = [];
    let isAway = true;
    const book = {
      read: () => Promise.resolve({ usd: 0, tokens: 0 }),
      add: (_day: number, cost: DayCost) => {
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

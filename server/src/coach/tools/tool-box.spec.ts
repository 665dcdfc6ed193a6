import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { ManualClock } from '../../common/manual-clock.js';
import { ProblemException } from '../../common/problem.exception.js';
import { parseEnv } from '../../config/env.schema.js';
import type { MarketTools } from './market-tools.js';
import type { ReplayTools } from './replay-tools.js';
import type { RuleTools } from './rule-tools.js';
import { ToolBox } from './tool-box.js';
import { TOOL_BURST } from './tool-throttle.js';
import type { JournalTools } from './journal-tools.js';
import { defineTool, type Tool } from './tool.js';

const input = z.strictObject({ symbol: z.string().max(5) });
const ALICE = { userId: 1 };

function boxOf(tools: Tool[]): { box: ToolBox; clock: ManualClock } {
  const clock = new ManualClock(1_000_000);
  const env = parseEnv({ TOOL_TIMEOUT_MS: '200' });
  // Only their lists are read.
  const box = new ToolBox(
    env,
    clock,
    { tools } as unknown as MarketTools,
    { tools: [] } as unknown as RuleTools,
    { tools: [] } as unknown as JournalTools,
    { tools: [] } as unknown as ReplayTools,
  );
  return { box, clock };
}

const tool = (run: Tool['run'], rest: Partial<Tool> = {}): Tool =>
  defineTool({ name: 'look', summary: 'Looks', input, isActing: false, run, ...rest });
const nothing = { finding: null };

describe('the tools', () => {
  test('are described with the JSON Schema of their input', () => {
    const { box } = boxOf([tool(() => Promise.resolve(nothing))]);
    expect(box.descriptions).toEqual([
      {
        name: 'look',
        summary: 'Looks',
        isActing: false,
        parameters: expect.objectContaining({
          type: 'object',
          required: ['symbol'],
          additionalProperties: false,
        }),
      },
    ]);
  });

  test('get what their schema made of the input', async () => {
    const { box } = boxOf([tool((given) => Promise.resolve({ finding: null, done: JSON.stringify(given) }))]);
    await expect(box.run('look', { symbol: 'SPY' }, ALICE)).resolves.toMatchObject({
      done: '{"symbol":"SPY"}',
    });
  });

  test.each([
    ['no such tool', 'look_up', { symbol: 'SPY' }, 'unknown_tool'],
    ['a field too many', 'look', { symbol: 'SPY', url: 'http://example' }, 'bad_input'],
    ['text in place of an object', 'look', 'SPY', 'bad_input'],
    ['nothing', 'look', undefined, 'bad_input'],
  ])('%s is refused', async (_, name, given, code) => {
    const { box } = boxOf([tool(() => Promise.resolve(nothing))]);
    await expect(box.run(name, given, ALICE)).rejects.toMatchObject({ name: 'ToolFault', code });
  });

  test('one that takes too long is given up', async () => {
    const { box, clock } = boxOf([tool(() => new Promise(() => undefined))]);
    const answer = expect(box.run('look', { symbol: 'SPY' }, ALICE)).rejects.toMatchObject({
      code: 'too_slow',
    });
    await clock.advance(200);
    await answer;
    expect(clock.pendingTimers).toBe(0);
  });

  test('what breaks inside is told without its inner words', async () => {
    const { box } = boxOf([tool(() => Promise.reject(new Error('password=hunter2')))]);
    const fault = await box.run('look', { symbol: 'SPY' }, ALICE).catch((thrown: unknown) => thrown);
    expect(fault).toMatchObject({ code: 'unavailable' });
    expect(String(fault)).not.toContain('hunter2');
  });

  test('what the desk refuses with a reason is told with it', async () => {
    const refusal = new ProblemException({ status: 404, detail: 'There is no rule x.' });
    const { box } = boxOf([tool(() => Promise.reject(refusal))]);
    await expect(box.run('look', { symbol: 'SPY' }, ALICE)).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no rule x.',
    });
  });

  test('a user gets so many at once, and more as time passes; others are not held up', async () => {
    const { box, clock } = boxOf([tool(() => Promise.resolve(nothing))]);
    const call = (userId = 1): Promise<unknown> => box.run('look', { symbol: 'SPY' }, { userId });
    for (let count = 0; count < TOOL_BURST; count++) await call();
    await expect(call()).rejects.toMatchObject({ code: 'too_many' });
    await expect(call(2)).resolves.toEqual(nothing);
    await clock.advance(100);
    await expect(call()).resolves.toEqual(nothing);
    await expect(call()).rejects.toMatchObject({ code: 'too_many' });
  });

  test('one that acts says what it would do', () => {
    const { box } = boxOf([
      tool(() => Promise.resolve(nothing), {
        isActing: true,
        propose: (given) => `Look at ${(given as { symbol: string }).symbol}?`,
      }),
    ]);
    expect(box.propose('look', { symbol: 'SPY' })).toBe('Look at SPY?');
    expect(() => box.propose('look', {})).toThrow(expect.objectContaining({ code: 'bad_input' }));
  });
});

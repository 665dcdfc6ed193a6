import { describe, expect, test } from '@jest/globals';
import type { DeskTime } from './desk-time.js';
import type { MarketTools } from './market-tools.js';
import { ReplayTools } from './replay-tools.js';
import { TOOL_INPUTS } from './tool-inputs.js';

/** Thursday, 10:43 in New York. */
const NOW_MS = Date.parse('2026-11-19T15:43:20Z');

function toolAt(nowMs = NOW_MS) {
  const market = {
    figuresOf: (symbol: string) => ({ symbol, calendar: symbol === 'BTC-USD' ? '24x7' : 'XNYS' }),
  };
  const time = { nowMs: () => nowMs };
  const [tool] = new ReplayTools(market as unknown as MarketTools, time as unknown as DeskTime).tools;
  if (tool === undefined) throw new Error('there is no tool');
  const wish = (input: object): unknown => TOOL_INPUTS.startReplay.parse(input);
  return {
    tool,
    ask: (input: object) => tool.propose?.(wish(input)),
    from: async (input: object): Promise<string> => {
      const { deskAction } = await tool.run(wish(input), { userId: 1 });
      return deskAction?.kind === 'start_replay' ? new Date(deskAction.from).toISOString() : 'nothing';
    },
  };
}

describe('a replay the coach is asked for', () => {
  test('acts, so it is proposed in words that say all of it', () => {
    const { tool, ask } = toolAt();
    expect(tool.isActing).toBe(true);
    expect(ask({ symbol: 'spy', day: 'yesterday', at: '10:15', speed: 10 })).toBe(
      'Replay SPY from 10:15 on 2026-11-18, at 10 times real time?',
    );
    expect(ask({ symbol: 'SPY' })).toBe('Replay SPY from 09:30 on 2026-11-19, in real time?');
  });

  test.each([
    [{ symbol: 'SPY' }, '2026-11-19T14:30:00.000Z'],
    [{ symbol: 'SPY', day: 'yesterday', at: '10:15' }, '2026-11-18T15:15:00.000Z'],
    [{ symbol: 'SPY', day: 'monday' }, '2026-11-16T14:30:00.000Z'],
    [{ symbol: 'SPY', day: 'thursday' }, '2026-11-12T14:30:00.000Z'],
    // In summer New York's clock is an hour nearer to UTC.
    [{ symbol: 'SPY', day: '2026-06-01', at: '12:30' }, '2026-06-01T16:30:00.000Z'],
    [{ symbol: 'BTC-USD', day: 'yesterday' }, '2026-11-18T00:00:00.000Z'],
    [{ symbol: 'BTC-USD', day: 'sunday', at: '02:30' }, '2026-11-15T02:30:00.000Z'],
  ])('%j begins at %s', async (input, instant) => {
    expect(await toolAt().from(input)).toBe(instant);
  });

  test('after a weekend yesterday is the last day of trading', async () => {
    const monday = toolAt(Date.parse('2026-11-16T15:00:00Z'));
    expect(await monday.from({ symbol: 'SPY', day: 'yesterday' })).toBe('2026-11-13T14:30:00.000Z');
  });

  test.each([
    [{ symbol: 'SPY', at: '11:00' }, 'That moment has not come yet.'],
    [{ symbol: 'SPY', day: '2027-01-04' }, 'That moment has not come yet.'],
    [{ symbol: 'SPY', day: '2026-11-15' }, 'There was no trading that day.'],
    [{ symbol: 'SPY', day: '2026-12-25' }, 'There was no trading that day.'],
    [{ symbol: 'SPY', day: 'saturday' }, 'There was no trading last saturday.'],
    [{ symbol: 'SPY', day: '2026-13-01' }, 'That is no date.'],
  ])('%j cannot be played: %s', (input, words) => {
    expect(() => toolAt().ask(input)).toThrow(words);
  });

  test('on a day without trading there is no today', () => {
    const saturday = toolAt(Date.parse('2026-11-21T15:00:00Z'));
    expect(() => saturday.ask({ symbol: 'SPY' })).toThrow('There was no trading that day.');
  });
});

import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../common/manual-clock.js';
import { LINGER_MS, SymbolDemand } from './symbol-demand.js';

describe('who wants which symbol', () => {
  test('a symbol is wanted while somebody holds it, and for a while afterwards', async () => {
    const clock = new ManualClock(0);
    const demand = new SymbolDemand(clock);
    const first = demand.hold('AMD');
    const second = demand.hold('AMD');
    first();
    first();
    await clock.advance(2 * LINGER_MS);
    expect(demand.wanted()).toEqual(['AMD']);
    second();
    await clock.advance(LINGER_MS - 1);
    expect(demand.wanted()).toEqual(['AMD']);
    await clock.advance(1);
    expect(demand.wanted()).toEqual([]);
  });

  test('a question makes it wanted for a while, and another one for longer', async () => {
    const clock = new ManualClock(0);
    const demand = new SymbolDemand(clock);
    demand.touch('AMD');
    await clock.advance(LINGER_MS - 1);
    demand.touch('AMD');
    await clock.advance(LINGER_MS - 1);
    expect(demand.wanted()).toEqual(['AMD']);
    await clock.advance(1);
    expect(demand.wanted()).toEqual([]);
  });

  test('what nobody holds gives way, the longest untouched first', () => {
    const demand = new SymbolDemand(new ManualClock(0));
    demand.touch('AMD');
    demand.touch('IBM');
    demand.touch('AMD');
    demand.hold('GE');
    expect(demand.wanted()).toEqual(['GE', 'IBM', 'AMD']);
    expect([demand.dropOldest(), demand.wanted()]).toEqual([true, ['GE', 'AMD']]);
    expect([demand.dropOldest(), demand.dropOldest(), demand.wanted()]).toEqual([true, false, ['GE']]);
  });
});

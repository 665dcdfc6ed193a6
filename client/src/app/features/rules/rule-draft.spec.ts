import { describe, expect, it } from '@jest/globals';
import { SETUPS } from '@libs/rules';
import { checkDraft, draftFromSetup, draftOf, NEW_DRAFT, symbolsIn } from './rule-draft';

describe('the draft of a rule', () => {
  it('every setup is a good one', () => {
    for (const setup of SETUPS) expect(checkDraft(draftFromSetup(setup))).toMatchObject({ isGood: true });
  });

  it('a fault is told with its place', () => {
    const check = checkDraft({ ...NEW_DRAFT, when: 'close > open\n&& rsi(14) < opn' });
    expect(check).toMatchObject({ isGood: false, fault: { line: 2, column: 14, start: 26, end: 29 } });
  });

  it('says how many bars it needs', () => {
    expect(checkDraft({ ...NEW_DRAFT, when: 'close > sma(20)' })).toMatchObject({
      isGood: true,
      warmUpBars: 21,
    });
  });

  it('leaves out what only the desk gives a rule', () => {
    const rule = { ...NEW_DRAFT, id: 'r-1', version: 3, muted_until: null };
    expect(draftOf(rule)).toEqual(NEW_DRAFT);
  });

  it('reads symbols as people type them', () => {
    expect(symbolsIn('spy, qqq;SPY  nvda')).toEqual(['SPY', 'QQQ', 'NVDA']);
    expect(symbolsIn('  ')).toEqual(['*']);
    expect(symbolsIn('spy *')).toEqual(['*']);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Bar } from '@libs/bars';
import { bar } from '../../data-access/testing/bars';
import { checkDraft, NEW_DRAFT, type DraftCheck } from './rule-draft';
import { bareNeed, explainAt, leavesOf, previewSignals, readPreviewBars } from './preview';

function compiled(when: string): Extract<DraftCheck, { isGood: true }>['compiled'] {
  const check = checkDraft({ ...NEW_DRAFT, when, cooldownBars: 0 });
  if (!check.isGood) throw new Error(check.fault.message);
  return check.compiled;
}

describe('the preview of a rule', () => {
  /** Up and down around 100. */
  const bars = Array.from({ length: 40 }, (_, index): Bar => {
    const c = 100 + 5 * Math.sin(index / 3);
    const plain = bar(1_000 + index);
    return { ...plain, ohlcv: { o: c, h: c + 1, l: c - 1, c, v: 100 } };
  });
  const history = { bars: () => Promise.resolve([...bars] as Bar[]) };

  it('fires where the condition becomes true, and says why or why not', async () => {
    const middle = 100;
    const rule = compiled(`close >= ${middle}`);
    const read = await readPreviewBars(history, rule, 'SPY', '24x7');
    const expected = bars.filter(
      ({ ohlcv }, index) => index > 1 && ohlcv.c >= middle && bars[index - 1]!.ohlcv.c < middle,
    );
    expect(previewSignals(rule, read).map(({ seq }) => seq)).toEqual(expected.map(({ seq }) => seq));
    const silent = bars.find(({ ohlcv }, index) => index > 1 && ohlcv.c < middle)!;
    const why = explainAt(rule, read, silent.seq)!;
    expect(why.outcome).toBe('false');
    expect(leavesOf(why.condition).map(({ holds }) => holds)).toEqual([false]);
    expect(explainAt(rule, read, 1)).toBeUndefined();
  });

  it('reads bars anew only where the condition needs others', () => {
    expect(bareNeed(compiled('close > open'), 'SPY')).toBe(bareNeed(compiled('close < open'), 'SPY'));
    expect(bareNeed(compiled('close > open'), 'SPY')).not.toBe(bareNeed(compiled('close > open'), 'QQQ'));
    expect(bareNeed(compiled('on("5m", close > open)'), 'SPY')).not.toBe(
      bareNeed(compiled('close > open'), 'SPY'),
    );
  });
});

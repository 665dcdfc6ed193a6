import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NEW_DRAFT } from './rule-draft';
import { versionDiff } from './version-diff';

const base = { ...NEW_DRAFT, id: 'r-1', version: 1, when: 'close > vwap\n&& volume > 10' };

describe('what a version changed', () => {
  it('the first one added its condition', () => {
    expect(versionDiff(base, undefined)).toEqual([
      { kind: 'added', text: 'close > vwap' },
      { kind: 'added', text: '&& volume > 10' },
    ]);
  });

  it('lines and settings that left and came', () => {
    const next = {
      ...base,
      version: 2,
      cooldownBars: 3,
      when: 'close > vwap\n&& volume > 20\n&& rsi(14) < 70',
    };
    expect(versionDiff(next, base)).toEqual([
      { kind: 'removed', text: 'quiet after firing: 10 bars' },
      { kind: 'added', text: 'quiet after firing: 3 bars' },
      { kind: 'removed', text: '&& volume > 10' },
      { kind: 'added', text: '&& volume > 20' },
      { kind: 'added', text: '&& rsi(14) < 70' },
    ]);
  });

  it('whatever the texts: leaving out what left and putting in what came makes one of the other', () => {
    const line = fc.constantFrom('a', 'b', 'c', 'd');
    const text = fc.array(line, { minLength: 1, maxLength: 12 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = versionDiff({ ...base, when: after }, { ...base, when: before });
        const counted = (kind: string): string[] =>
          lines.filter((one) => one.kind === kind).map((one) => one.text);
        const rest = [...before.split('\n')];
        for (const removed of counted('removed')) rest.splice(rest.indexOf(removed), 1);
        expect([...rest, ...counted('added')].sort()).toEqual(after.split('\n').sort());
        if (before === after) expect(lines).toEqual([]);
      }),
    );
  });
});

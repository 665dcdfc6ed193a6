import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { manyFills } from '../testing/arbitrary-fills.suite.js';
import { fillContent } from '../testing/fills.suite.js';
import type { Fill } from './fill.js';
import { identified, planImport } from './identity.js';

const byId = (fills: readonly Fill[]) => new Map(fills.map((fill) => [fill.id, fill]));

describe('identity of fills', () => {
  it('keeps equal fills apart', () => {
    const [first, second] = identified([fillContent({}), fillContent({})]);
    expect(first?.id).not.toBe(second?.id);
  });

  it("takes the broker's own number and not the content", () => {
    const read = (price: string) => identified([fillContent({ brokerFillId: '77', price })]);
    expect(read('10')[0]?.id).toBe(read('11')[0]?.id);
    expect(planImport(read('11'), byId(read('10')))).toMatchObject({ added: [], changed: [{ price: '11' }] });
  });

  it('does not mix up texts that join alike', () => {
    const [first] = identified([fillContent({ account: 'a|b', symbol: 'c' })]);
    const [second] = identified([fillContent({ account: 'a', symbol: 'b|c' })]);
    expect(first?.id).not.toBe(second?.id);
  });

  it('reads the same file twice and adds nothing', () =>
    fc.assert(
      fc.property(manyFills, (all) => {
        expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
        const again = identified(all);
        expect(again).toEqual(all);
        expect(planImport(again, byId(all))).toEqual({ added: [], known: all, changed: [] });
      }),
      { numRuns: 50 },
    ));

  it('adds from an overlapping file only what is new', () => {
    const day = (atMs: number, copies: number) => Array.from({ length: copies }, () => fillContent({ atMs }));
    const before = identified([...day(1000, 2), ...day(2000, 2)]);
    const after = identified([...day(2000, 2), ...day(3000, 1)]);
    expect(planImport(after, byId(before)).added.map(({ atMs }) => atMs)).toEqual([3000]);
  });

  it('takes a number that stands twice in a file once', () => {
    const twice = identified([fillContent({ brokerFillId: '5' }), fillContent({ brokerFillId: '5' })]);
    expect(planImport(twice, new Map())).toMatchObject({ added: [{}], known: [{}], changed: [] });
  });
});

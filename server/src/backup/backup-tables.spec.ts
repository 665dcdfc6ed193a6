import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parentsFirst } from './backup-tables.js';

const table = (name: string): { name: string; columns: string[] } => ({ name, columns: ['id'] });

describe('the order in which tables are filled', () => {
  it('has every table once, and what is referred to before what refers to it', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    // A reference from a later name to an earlier one never closes a circle.
    const reference = fc
      .tuple(fc.nat(5), fc.nat(5))
      .filter(([one, other]) => one !== other)
      .map(([one, other]) => ({
        child: names[Math.max(one, other)] as string,
        parent: names[Math.min(one, other)] as string,
      }));
    fc.assert(
      fc.property(
        fc.array(reference),
        fc.shuffledSubarray(names, { minLength: 6 }),
        (references, shuffled) => {
          const order = parentsFirst(shuffled.map(table), references).map(({ name }) => name);
          expect([...order].sort()).toEqual(names);
          for (const { child, parent } of references)
            expect(order.indexOf(parent)).toBeLessThan(order.indexOf(child));
        },
      ),
    );
  });

  it('is refused where there is none', () => {
    const circle = [
      { child: 'a', parent: 'b' },
      { child: 'b', parent: 'a' },
    ];
    expect(() => parentsFirst([table('a'), table('b')], circle)).toThrow(/circle/);
  });
});

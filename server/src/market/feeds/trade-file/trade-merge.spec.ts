import { describe, expect, test } from '@jest/globals';
import { createTradeBatch } from '@libs/bars';
import fc from 'fast-check';
import { TradeColumns } from './trade-columns.js';
import { TradeMerge, type NextTrades } from './trade-merge.js';

/** Files of each symbol, each a list of times. */
type Lanes = readonly (readonly (readonly number[])[])[];

function sourceOf(files: Lanes[number], opened: () => void): NextTrades {
  const waiting = [...files];
  return async () => {
    const times = waiting.shift();
    if (times === undefined) return undefined;
    opened();
    const trades = new TradeColumns();
    // The size tells rows of the same time apart.
    for (const [i, tsMs] of times.entries()) trades.push(tsMs, 1, i, 15, i + 2);
    return Promise.resolve(trades);
  };
}

/** Whether there is a trade that is due by then. */
async function hasDue(merge: TradeMerge, untilMs: number): Promise<boolean> {
  await merge.ready();
  return merge.nextDueMs < Infinity && merge.nextDueMs <= untilMs;
}

async function mergeAll(lanes: Lanes, capacity: number, opened = () => {}): Promise<string[]> {
  const merge = new TradeMerge(lanes.map((files) => sourceOf(files, opened)));
  const batch = createTradeBatch(capacity);
  const merged: string[] = [];
  while (await hasDue(merge, Infinity)) {
    merge.fill(batch, Infinity);
    expect(batch.length).toBeGreaterThan(0);
    for (let i = 0; i < batch.length; i++) {
      merged.push(`${batch.symbolIndex[i]}@${batch.tsMs[i]}#${batch.size[i]}`);
    }
  }
  return merged;
}

/** The same order by definition: stable sort by running maximum, then by symbol. */
function byDefinition(lanes: Lanes): string[] {
  const rows = lanes.flatMap((files, symbolIndex) => {
    let dueMs = -Infinity;
    return files.flatMap((times) =>
      times.map((tsMs, i) => {
        dueMs = Math.max(dueMs, tsMs);
        return { dueMs, symbolIndex, text: `${symbolIndex}@${tsMs}#${i}` };
      }),
    );
  });
  return rows.toSorted((a, b) => a.dueMs - b.dueMs || a.symbolIndex - b.symbolIndex).map(({ text }) => text);
}

const lanes = fc.array(fc.array(fc.array(fc.nat(60), { maxLength: 25 }), { maxLength: 3 }), {
  minLength: 1,
  maxLength: 4,
});

describe('merging the trades of several symbols', () => {
  test('is the order by running maximum of time and symbol, in batches of any size', async () => {
    await fc.assert(
      fc.asyncProperty(lanes, fc.integer({ min: 1, max: 40 }), async (sources, capacity) => {
        expect(await mergeAll(sources, capacity)).toEqual(byDefinition(sources));
      }),
    );
  });

  test('gives nothing that is not due yet', async () => {
    await fc.assert(
      fc.asyncProperty(lanes, fc.nat(60), async (sources, untilMs) => {
        const merge = new TradeMerge(sources.map((files) => sourceOf(files, () => {})));
        const batch = createTradeBatch(7);
        let taken = 0;
        while (await hasDue(merge, untilMs)) {
          merge.fill(batch, untilMs);
          taken += batch.length;
        }
        const due = byDefinition(sources.map((files) => [files.flat()])).length;
        const later = await countLater(merge);
        expect(taken + later).toBe(due);
      }),
    );
  });

  test('a late row keeps its place in the file', async () => {
    expect(await mergeAll([[[10, 30, 20]], [[25, 29, 31]]], 100)).toEqual([
      '0@10#0',
      '1@25#0',
      '1@29#1',
      '0@30#1',
      '0@20#2',
      '1@31#2',
    ]);
  });

  test('opens the next file of a symbol only when the one before is used up', async () => {
    let opened = 0;
    const merge = new TradeMerge([sourceOf([[1, 2], [3], [4]], () => opened++)]);
    const batch = createTradeBatch(100);
    await merge.ready();
    expect(opened).toBe(1);
    merge.fill(batch, Infinity);
    expect(batch.length).toBe(2);
    await merge.ready();
    expect(opened).toBe(2);
  });
});

async function countLater(merge: TradeMerge): Promise<number> {
  const batch = createTradeBatch(7);
  let count = 0;
  while (await hasDue(merge, Infinity)) {
    merge.fill(batch, Infinity);
    count += batch.length;
  }
  return count;
}

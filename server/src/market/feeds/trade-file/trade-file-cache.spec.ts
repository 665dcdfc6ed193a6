import { describe, expect, it } from '@jest/globals';
import { utimes, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { dayRows, HEADER, makeFolder, writeTradeFile } from '../testing/trade-files.suite.js';
import { TradeFileCache } from './trade-file-cache.js';

const FIRST_MS = Date.UTC(2026, 5, 1, 13, 30);
const ALWAYS = (): boolean => true;
const textOf = (seed: number, count: number): string =>
  [HEADER, ...dayRows(seed, FIRST_MS, count)].join('\n');

describe('the cache of trade files', () => {
  it('reads a file once for all who want it', async () => {
    const cache = new TradeFileCache(2 ** 20);
    const name = await writeTradeFile(await makeFolder(), 'spotlight-ACME-2026-06-01.csv.gz', textOf(1, 50));
    const first = await cache.load(name, ALWAYS);
    expect(first.length).toBe(50);
    expect(await cache.load(name, ALWAYS)).toBe(first);
    expect(cache.bytes).toBeGreaterThan(50 * 33);
  });

  it('reads a file again that was written since', async () => {
    const cache = new TradeFileCache(2 ** 20);
    const name = await writeTradeFile(await makeFolder(), 'spotlight-ACME-2026-06-01.csv.gz', textOf(1, 50));
    await cache.load(name, ALWAYS);
    await writeFile(name.path, gzipSync(textOf(1, 60)));
    // Whatever the clock of the disk says.
    await utimes(name.path, new Date(), new Date(1_000));
    expect((await cache.load(name, ALWAYS)).length).toBe(60);
  });

  it('lets go of the file unused for longest, and never holds more than it may', async () => {
    const folder = await makeFolder();
    const [a, b, c] = await Promise.all(
      ['A', 'B', 'C'].map((symbol, index) =>
        writeTradeFile(folder, `spotlight-${symbol}-2026-06-01.csv.gz`, textOf(index, 50)),
      ),
    );
    const one = new TradeFileCache(2 ** 30);
    await one.load(a!, ALWAYS);
    const cache = new TradeFileCache(2 * one.bytes);
    const [ofA, ofB] = [await cache.load(a!, ALWAYS), await cache.load(b!, ALWAYS)];
    expect(await cache.load(a!, ALWAYS)).toBe(ofA);
    await cache.load(c!, ALWAYS);
    expect(cache.bytes).toBe(2 * one.bytes);
    expect(await cache.load(a!, ALWAYS)).toBe(ofA);
    expect(await cache.load(b!, ALWAYS)).not.toBe(ofB);
    const small = new TradeFileCache(one.bytes - 1);
    expect((await small.load(a!, ALWAYS)).length).toBe(50);
    expect(small.bytes).toBe(0);
  });
});

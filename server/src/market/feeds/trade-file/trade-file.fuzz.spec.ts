import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { dayRows, HEADER, makeFolder, writePacked } from '../testing/trade-files.suite.js';
import { loadTradeFile, type TradeFile } from './trade-file.js';

const NAME = 'spotlight-SPY-2026-06-01.csv.gz';
const START = Date.parse('2026-06-01T13:30:00Z');
const TEXT = `${[HEADER, ...dayRows(11, START, 60)].join('\n')}\n`;

let folder: string;
beforeAll(async () => {
  folder = await makeFolder();
});

/** The file and the number of refused rows, or the error that refused it as a whole. */
async function load(bytes: Uint8Array): Promise<{ file: TradeFile; rejected: number } | string> {
  let rejected = 0;
  try {
    const file = await loadTradeFile(await writePacked(folder, NAME, bytes), {
      isRegularHours: () => true,
      reject: () => rejected++,
    });
    return { file, rejected };
  } catch (error) {
    expect(error).toMatchObject({ name: 'TradeFileError' });
    return String(error);
  }
}

function expectLegal({ trades }: TradeFile): void {
  for (let i = 0; i < trades.length; i++) {
    expect(Math.abs((trades.tsMs[i] ?? NaN) - START)).toBeLessThan(48 * 3_600_000);
    expect(trades.price[i]).toBeGreaterThan(0);
    expect(trades.price[i]).toBeLessThan(1e13);
    expect(trades.size[i]).toBeGreaterThanOrEqual(0);
    expect(trades.size[i]).toBeLessThan(1e16);
  }
}

test('cut anywhere, a packed file is refused as a whole', async () => {
  const packed = gzipSync(TEXT);
  for (let length = 0; length < packed.length; length++) {
    expect(await load(packed.subarray(0, length))).toMatch(/the file is empty|it is truncated/);
  }
});

test('with bytes changed, a packed file is refused or gives what it gave', async () => {
  const packed = gzipSync(TEXT);
  await fc.assert(
    fc.asyncProperty(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), async (place, change) => {
      const bytes = Uint8Array.from(packed);
      bytes[place] = (bytes[place] ?? 0) ^ change;
      const result = await load(bytes);
      // Only the time stamp, the flags of the header and the like can change without breaking the checksum.
      if (typeof result !== 'string') expect(result.file.trades.length).toBe(60);
    }),
    { numRuns: 60 },
  );
});

test('with characters changed, every row is taken or counted, and what is taken is legal', async () => {
  const edit = fc.tuple(fc.nat(TEXT.length - 1), fc.integer({ min: 0, max: 255 }));
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 12 }), async (edits) => {
      const text = Buffer.from(TEXT);
      for (const [place, byte] of edits) text[place] = byte;
      const result = await load(gzipSync(text));
      if (typeof result === 'string') return;
      expectLegal(result.file);
      const lines = text.toString('latin1').split('\n').length - (text.at(-1) === 10 ? 2 : 1);
      expect(result.file.trades.length + result.rejected).toBe(lines);
    }),
    { numRuns: 150 },
  );
});

test('of random bytes behind a good header, every line is taken or counted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 400 }), async (bytes) => {
      const body = Buffer.from(bytes);
      const result = await load(gzipSync(Buffer.concat([Buffer.from(`${HEADER}\n`), body])));
      if (typeof result === 'string') throw new Error(result);
      expectLegal(result.file);
      const lines = body.toString('latin1').split('\n').length - (body.at(-1) === 10 ? 1 : 0);
      expect(result.file.trades.length + result.rejected).toBe(lines);
    }),
    { numRuns: 100 },
  );
});

test('a small file that unpacks to far too much is refused', async () => {
  const bomb = await writePacked(folder, NAME, gzipSync(Buffer.alloc(8 * 2 ** 20)));
  const loading = loadTradeFile(bomb, {
    isRegularHours: () => true,
    reject: () => {},
    largestTextBytes: 2 * 2 ** 20,
  });
  await expect(loading).rejects.toMatchObject({
    name: 'TradeFileError',
    message: 'it holds more than 2 MiB of text',
  });
});

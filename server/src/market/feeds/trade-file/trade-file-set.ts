import type { SymbolInfo } from '@libs/contract';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { describeSymbol } from '../symbol-info.js';
import type { TradeFileName } from './trade-file-name.js';

const HEAD_BYTES = 16_384;
const GZIP_TRAILER_BYTES = 8;
const MOST_DECIMALS = 8;

/** Trade files of one or several symbols, looked at from outside: their rows have not been read. */
export interface TradeFileSet {
  /** Ascending by symbol. */
  readonly symbols: readonly SymbolInfo[];
  /** Files of each symbol, in the order of `symbols`, ascending by date. */
  readonly filesOfSymbol: readonly (readonly TradeFileName[])[];
  /** Changes when the name, the length or the content of any file changes. Hex. */
  readonly fingerprint: string;
}

/**
 * Looks at trade files: which symbols they carry, and a fingerprint of their content that costs no reading (a gzip file
 * ends with the checksum and the length of what it holds). No two files may be of the same symbol and date.
 */
export async function inspectTradeFiles(names: readonly TradeFileName[]): Promise<TradeFileSet> {
  const ordered = [...names].sort((a, b) => compareText(a.symbol, b.symbol) || a.dateMs - b.dateMs);
  const hash = createHash('sha256');
  const symbols: SymbolInfo[] = [];
  const filesOfSymbol: TradeFileName[][] = [];
  for (const name of ordered) {
    const { size, head, trailer } = await readEnds(name.path);
    hash.update(`${basename(name.path)},${size},${trailer}\n`);
    if (symbols.at(-1)?.symbol !== name.symbol) {
      symbols.push(describeSymbol(name.symbol, name.dialect, decimalsOf(head)));
      filesOfSymbol.push([]);
    }
    filesOfSymbol.at(-1)?.push(name);
  }
  return { symbols, filesOfSymbol, fingerprint: hash.digest('hex') };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** A file that cannot be read is told of when its turn comes; here it is like an empty one. */
async function readEnds(path: string): Promise<{ size: number; head: Uint8Array; trailer: string }> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const head = Buffer.alloc(Math.min(size, HEAD_BYTES));
    await file.read(head, 0, head.length, 0);
    const trailer = Buffer.alloc(Math.min(size, GZIP_TRAILER_BYTES));
    await file.read(trailer, 0, trailer.length, size - trailer.length);
    return { size, head, trailer: trailer.toString('hex') };
  } catch {
    return { size: 0, head: new Uint8Array(), trailer: '' };
  }
}

/** Most decimals among the first prices; 2 where none can be read. */
function decimalsOf(packedHead: Uint8Array): number {
  const [header = '', ...rows] = inflateHead(packedHead).split('\n').slice(0, -1);
  const column = header.split(',').indexOf('price');
  const decimals = rows.map((row) => /^\d+\.(\d+)$/.exec(row.split(',')[column] ?? '')?.[1]?.length ?? 0);
  return decimals.length === 0 ? 2 : Math.min(MOST_DECIMALS, Math.max(...decimals));
}

function inflateHead(packedHead: Uint8Array): string {
  try {
    return gunzipSync(packedHead, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: 64 * HEAD_BYTES,
    }).toString('latin1');
  } catch {
    return '';
  }
}

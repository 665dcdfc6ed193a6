import { saleConditionsOf, type IsRegularHours } from '@libs/bars';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FeedContext } from '../market-feed.port.js';
import type { TradeColumns } from './trade-columns.js';
import { TradeFileError } from './trade-file-error.js';
import { textUpToCut } from './text-up-to-cut.js';
import { RECORDED_DIALECT, type TradeFileName } from './trade-file-name.js';
import { TradeFileParser } from './trade-file-parser.js';

const inflate = promisify(gunzip);
const MEBIBYTE = 2 ** 20;
/** Text of the largest file taken: some twenty-five million trades, several times the busiest day of one symbol. */
const LARGEST_TEXT_BYTES = 1_024 * MEBIBYTE;
/** Rows read before other work of the process gets its turn. */
const ROWS_PER_TURN = 65_536;

/** Trades of one symbol and day. */
export interface TradeFile {
  readonly name: TradeFileName;
  readonly trades: TradeColumns;
  readonly unknownConditions: ReadonlyMap<string, number>;
}

/** Where refused rows are counted, and when the regular session of the file's market is. */
export interface LoadTradeFileOptions {
  readonly isRegularHours: IsRegularHours;
  readonly reject: FeedContext['reject'];
  /** Largest text a file may unpack to. Default 1 GiB. */
  readonly largestTextBytes?: number;
}

/**
 * Reads a whole trade file; refused rows are counted through `reject` with file, line and fault. Throws
 * {@link TradeFileError} where the file as such is no good: unreadable, empty, not gzip, truncated, damaged, too large, or
 * without the right header. Nothing of such a file is used.
 */
export async function loadTradeFile(
  name: TradeFileName,
  { isRegularHours, reject, largestTextBytes = LARGEST_TEXT_BYTES }: LoadTradeFileOptions,
): Promise<TradeFile> {
  const isRecorded = name.dialect === RECORDED_DIALECT;
  const bytes = await readText(name.path, largestTextBytes, isRecorded);
  const file = basename(name.path);
  const parser = new TradeFileParser(bytes, {
    dateMs: name.dateMs,
    conditions: saleConditionsOf(name.dialect),
    isRegularHours,
    // What is recorded was let through when it came.
    keepsOutliers: isRecorded,
    reject: (reason, line, fault) => {
      reject(reason, `${file}:${line}: ${fault}`);
    },
  });
  while (!parser.parseRows(ROWS_PER_TURN)) await nextTurn();
  return { name, trades: parser.finish(), unknownConditions: parser.unknownConditions };
}

/** A recording that a crash has cut is good up to the cut; any other file that was cut is no good. */
async function readText(path: string, largestBytes: number, isRecorded: boolean): Promise<Uint8Array> {
  const packed = await readPacked(path, largestBytes);
  if (packed.length === 0) throw new TradeFileError('the file is empty');
  try {
    if (isRecorded) return (await textUpToCut(packed, largestBytes)).text;
    return await inflate(packed, { maxOutputLength: largestBytes, chunkSize: chunkSizeFor(packed.length) });
  } catch (error) {
    throw new TradeFileError(gzipFault(error, largestBytes));
  }
}

/** Few large pieces for a large file, as each costs a turn of the thread pool; no megabytes for a small one. */
function chunkSizeFor(packedBytes: number): number {
  return Math.min(4 * MEBIBYTE, Math.max(65_536, packedBytes * 8));
}

async function readPacked(path: string, largestBytes: number): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > largestBytes) throw new TradeFileError(tooLarge(largestBytes));
    return await readFile(path);
  } catch (error) {
    if (error instanceof TradeFileError) throw error;
    throw new TradeFileError(`the file cannot be read (${systemError(error).code})`);
  }
}

function tooLarge(largestBytes: number): string {
  return `it holds more than ${largestBytes / MEBIBYTE} MiB of text`;
}

function gzipFault(thrown: unknown, largestBytes: number): string {
  const { code, message } = systemError(thrown);
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(largestBytes);
  if (message.includes('incorrect header check')) return 'it is not a gzip file';
  if (message.includes('unexpected end of file')) return 'it is truncated: the gzip data ends in the middle';
  return `its gzip data is damaged (${message})`;
}

/** Code and message of what Node threw, read by shape: the error may be of another realm. */
function systemError(thrown: unknown): { code: string; message: string } {
  const { code, message } = Object(thrown) as { code?: unknown; message?: unknown };
  return {
    code: typeof code === 'string' ? code : 'unknown error',
    message: typeof message === 'string' ? message : '',
  };
}

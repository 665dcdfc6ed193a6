import { saleConditionsOf, type IsRegularHours } from '@libs/bars';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FeedContext } from '../market-feed.port.js';
import type { TradeColumns } from './trade-columns.js';
import { TradeFileError } from './trade-file-error.js';
import type { TradeFileName } from './trade-file-name.js';
import { TradeFileParser } from './trade-file-parser.js';

const inflate = promisify(gunzip);
const GIBIBYTE = 2 ** 30;
/** Text of the largest file taken: some twenty-five million trades, several times the busiest day of one symbol. */
const LARGEST_TEXT_BYTES = GIBIBYTE;
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
}

/**
 * Reads a whole trade file; refused rows are counted through `reject` with file, line and fault. Throws
 * {@link TradeFileError} where the file as such is no good: unreadable, empty, not gzip, truncated, damaged, too large, or
 * without the right header. Nothing of such a file is used.
 */
export async function loadTradeFile(
  name: TradeFileName,
  { isRegularHours, reject }: LoadTradeFileOptions,
): Promise<TradeFile> {
  const bytes = await readText(name.path);
  const file = basename(name.path);
  const parser = new TradeFileParser(bytes, {
    dateMs: name.dateMs,
    conditions: saleConditionsOf(name.dialect),
    isRegularHours,
    reject: (reason, line, fault) => {
      reject(reason, `${file}:${line}: ${fault}`);
    },
  });
  while (!parser.parseRows(ROWS_PER_TURN)) await nextTurn();
  return { name, trades: parser.finish(), unknownConditions: parser.unknownConditions };
}

async function readText(path: string): Promise<Uint8Array> {
  const packed = await readPacked(path);
  if (packed.length === 0) throw new TradeFileError('the file is empty');
  try {
    return await inflate(packed, { maxOutputLength: LARGEST_TEXT_BYTES, chunkSize: 2 ** 22 });
  } catch (error) {
    throw new TradeFileError(gzipFault(error));
  }
}

async function readPacked(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > LARGEST_TEXT_BYTES) throw new TradeFileError('the file is larger than 1 GiB');
    return await readFile(path);
  } catch (error) {
    if (error instanceof TradeFileError) throw error;
    throw new TradeFileError(`the file cannot be read (${codeOf(error)})`);
  }
}

function gzipFault(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return 'it holds more than 1 GiB of text';
  if (message.includes('incorrect header check')) return 'it is not a gzip file';
  if (message.includes('unexpected end of file')) return 'it is truncated: the gzip data ends in the middle';
  return `its gzip data is damaged (${message})`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

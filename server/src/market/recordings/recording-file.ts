import type { EpochMs } from '@libs/bars';
import { open, readFile, rename, truncate, type FileHandle } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { hasErrorCode } from '../../common/errors.js';
import { textUpToCut } from '../feeds/trade-file/text-up-to-cut.js';

/** Pieces are small: more than this finds little more in them and takes twice as long. */
const LEVEL = 3;
const HEADER = 'ts_ms,price,size,exchange,conditions';
/** Text of the largest recording that is gone on with; a larger one is left as it is. */
const LARGEST_TEXT_BYTES = 1_024 * 2 ** 20;

/**
 * One recorded day of one symbol. Each piece that is appended is a gzip member of its own, so what was appended before a
 * crash is readable whatever became of the piece after it.
 */
export class RecordingFile {
  /** Whether a failed write may have left something behind the whole members. */
  private isTorn = false;

  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    /** Up to where the file holds whole members. */
    private wholeBytes: number,
  ) {}

  /**
   * Opens a day to go on with. What stands there from `fromMs` on is taken out, because a feed that starts again tells it
   * again; and so is a piece that a crash has cut. Rejects with the error of the file system.
   */
  static async open(path: string, fromMs: EpochMs): Promise<RecordingFile> {
    const recorded = await readText(path);
    const [header = HEADER, ...rows] = recorded.text.split('\n').slice(0, -1);
    const kept = rows.filter((row) => Number(row.slice(0, row.indexOf(','))) < fromMs);
    if (recorded.isCut || kept.length < rows.length || recorded.text === '') {
      const whole = gzipSync(`${[header, ...kept].join('\n')}\n`);
      await replace(path, whole);
    }
    const file = await open(path, 'r+');
    const { size } = await file.stat();
    return new RecordingFile(path, file, size);
  }

  /** Appends rows, each ended by a line feed. All of them or none: what a failed write left is cut off before the next. */
  async append(rows: string): Promise<void> {
    const piece = gzipSync(rows, { level: LEVEL });
    if (this.isTorn) await truncate(this.path, this.wholeBytes);
    this.isTorn = true;
    const { bytesWritten } = await this.file.write(piece, 0, piece.length, this.wholeBytes);
    if (bytesWritten < piece.length)
      throw new Error(`only ${bytesWritten} of ${piece.length} bytes were written`);
    this.isTorn = false;
    this.wholeBytes += piece.length;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

async function readText(path: string): Promise<{ text: string; isCut: boolean }> {
  try {
    const { text, isCut } = await textUpToCut(await readFile(path), LARGEST_TEXT_BYTES);
    return { text: Buffer.from(text).toString('latin1'), isCut };
  } catch (thrown) {
    if (hasErrorCode(thrown, 'ENOENT')) return { text: '', isCut: false };
    throw thrown;
  }
}

/** In one step, so that a crash leaves the one or the other. */
async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const made = `${path}.new`;
  const file = await open(made, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(made, path);
}

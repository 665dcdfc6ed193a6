import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { hasErrorCode } from '../../common/errors.js';

const FILE = 'unkept-bars';
const NONE = '0';
const SOME = '1';

/**
 * One byte in the data folder that says whether bars were shown that no database has. It is written before the first such
 * bar is shown and taken back when the database has them; a start that finds it set knows that they are lost. The byte is
 * always there, so that setting it needs no room on a full disk.
 */
export class UnkeptMark {
  private readonly file: string;

  constructor(dataDir: string) {
    this.file = path.join(dataDir, FILE);
    if (this.read() === null) this.write(NONE);
  }

  get isSet(): boolean {
    return this.read() === SOME;
  }

  /** Throws when the data folder cannot be written. */
  set(): void {
    if (!this.isSet) this.write(SOME);
  }

  clear(): void {
    if (this.isSet) this.write(NONE);
  }

  private read(): string | null {
    try {
      return readFileSync(this.file, 'utf8').slice(0, 1);
    } catch (thrown) {
      if (hasErrorCode(thrown, 'ENOENT')) return null;
      throw thrown;
    }
  }

  private write(text: string): void {
    // Not truncated first: the one byte is written over.
    const file = openSync(this.file, this.read() === null ? 'w' : 'r+', 0o600);
    try {
      writeSync(file, text, 0);
    } finally {
      closeSync(file);
    }
  }
}

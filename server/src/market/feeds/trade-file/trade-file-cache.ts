import type { IsRegularHours } from '@libs/bars';
import { stat } from 'node:fs/promises';
import { loadTradeFile } from './trade-file.js';
import type { TradeColumns } from './trade-columns.js';
import type { TradeFileName } from './trade-file-name.js';

interface HeldFile {
  readonly version: string;
  readonly trades: TradeColumns;
}

/**
 * Trade files as they were read last, so that going back in one costs no second reading. Bounded by the bytes of their
 * columns; the file unused for longest goes first, and one that alone is larger is not kept at all.
 */
export class TradeFileCache {
  private readonly files = new Map<string, HeldFile>();
  private heldBytes = 0;

  constructor(private readonly mostBytes: number) {}

  /** What the files held take. */
  get bytes(): number {
    return this.heldBytes;
  }

  /**
   * The trades of a file as it stands on disk now. Rows that are no good are left out in silence: they were counted when the
   * file was fed or written. Throws `TradeFileError` as `loadTradeFile` does.
   */
  async load(name: TradeFileName, isRegularHours: IsRegularHours): Promise<TradeColumns> {
    const version = await versionOf(name.path);
    const held = this.files.get(name.path);
    if (held?.version === version) {
      this.files.delete(name.path);
      this.files.set(name.path, held);
      return held.trades;
    }
    const { trades } = await loadTradeFile(name, { isRegularHours, reject: () => undefined });
    this.keep(name.path, { version, trades });
    return trades;
  }

  private keep(path: string, file: HeldFile): void {
    this.forget(path);
    if (bytesOf(file) > this.mostBytes) return;
    this.files.set(path, file);
    this.heldBytes += bytesOf(file);
    for (const oldest of this.files.keys()) {
      if (this.heldBytes <= this.mostBytes) return;
      this.forget(oldest);
    }
  }

  private forget(path: string): void {
    const held = this.files.get(path);
    if (held === undefined) return;
    this.files.delete(path);
    this.heldBytes -= bytesOf(held);
  }
}

function bytesOf({ trades }: HeldFile): number {
  const { tsMs, price, size, updates, line } = trades;
  return [tsMs, price, size, updates, line].reduce((sum, column) => sum + column.byteLength, 0);
}

/** Another one whenever the file was written since; a file that cannot be looked at fails when it is read. */
async function versionOf(path: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(path);
    return `${size} ${mtimeMs}`;
  } catch {
    return '';
  }
}

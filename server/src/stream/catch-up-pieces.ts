import type { ReadableLog } from '../market/index.js';
import { encodeChunk, type StreamChunk } from './chunk.js';
import { logFrame } from './frames.js';
import type { TopicGroup } from './topic-group.js';

/** Pieces end where the position in the log is a multiple of this, so that clients who left at different moments share all but their first. */
const GRID = 256;
/** Memory that pieces made before may take. */
const MOST_BYTES = 8 * 1024 * 1024;

/** A stretch of the log as it goes out, `null` where nothing in it is wanted. */
export interface CatchUpPiece {
  readonly chunk: StreamChunk | null;
  /** Position after its last event. */
  readonly end: number;
}

/**
 * What clients with the same topics are sent when they catch up, encoded once for all of them: after a restart everybody
 * comes back at once and has missed the same. What is at a position never changes within an epoch, and alerts are for
 * the owner that is part of the topics. Bounded by {@link MOST_BYTES}; the piece made first goes first.
 */
export class CatchUpPieces {
  private readonly made = new Map<string, CatchUpPiece>();
  private bytes = 0;

  constructor(private readonly log: Pick<ReadableLog, 'tail' | 'epoch'>) {}

  /** The piece that begins at a position and ends on the grid, or before `to`. */
  get(group: TopicGroup, from: number, to: number): CatchUpPiece {
    const end = Math.min(to, (Math.floor(from / GRID) + 1) * GRID);
    const key = `${from} ${end} ${group.key}`;
    const known = this.made.get(key);
    if (known !== undefined) return known;
    const piece = { chunk: this.encode(group, from, end), end };
    this.keep(key, piece);
    return piece;
  }

  /** Forgets everything: another epoch has begun. */
  clear(): void {
    this.made.clear();
    this.bytes = 0;
  }

  private encode(group: TopicGroup, from: number, end: number): StreamChunk | null {
    let text = '';
    for (let position = from; position < end; position++)
      if (group.wantsAt(this.log.tail, position)) text += logFrame(this.log, position);
    return text === '' ? null : encodeChunk(text);
  }

  private keep(key: string, piece: CatchUpPiece): void {
    this.made.set(key, piece);
    this.bytes += costOf(key, piece);
    for (const [oldestKey, oldest] of this.made) {
      if (this.bytes <= MOST_BYTES) return;
      this.made.delete(oldestKey);
      this.bytes -= costOf(oldestKey, oldest);
    }
  }
}

function costOf(key: string, { chunk }: CatchUpPiece): number {
  return 2 * key.length + (chunk?.framed.length ?? 0);
}

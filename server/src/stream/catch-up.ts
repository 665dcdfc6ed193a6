import type { ReadableLog, ReadableMarket } from '../market/index.js';
import type { Audience } from './audience.js';
import { CatchUpPieces } from './catch-up-pieces.js';
import { encodeChunk } from './chunk.js';
import { logFrame, microbarFrame } from './frames.js';
import type { SlowReaders } from './slow-readers.js';
import type { StreamConnection } from './stream-connection.js';
import type { TopicGroup } from './topic-group.js';

/** Most characters of catch-up text made at once for one client alone. */
const OWN_TEXT_CHARS = 64 * 1024;

/** With what clients are brought up to date. */
export interface CatchUpOptions {
  readonly log: ReadableLog;
  readonly market: Pick<ReadableMarket, 'formingBars'>;
  readonly audience: Audience;
  readonly slow: SlowReaders;
}

/** Sends clients that are behind what they missed. */
export class CatchUp {
  private readonly pieces: CatchUpPieces;

  constructor(private readonly options: CatchUpOptions) {
    this.pieces = new CatchUpPieces(options.log);
  }

  /** Brings a client up to a position of the log's tail as fast as it reads; once it is there it is live. */
  bring(connection: StreamConnection, group: TopicGroup, to: number): void {
    const { log, audience, slow } = this.options;
    if (connection.position < log.tail.first) {
      slow.cut(connection, 'evicted');
      return;
    }
    while (connection.position < to) {
      if (slow.isBlocked(connection)) return;
      if (connection.position < connection.ownUntil) {
        this.sendOwn(connection, group, Math.min(connection.ownUntil, to));
      } else {
        const { chunk, end } = this.pieces.get(group, connection.position, to);
        connection.position = end;
        if (chunk !== null) connection.write(chunk);
      }
    }
    this.sendForming(connection, group);
    audience.goLive(connection, group);
  }

  /** What was made for everybody is of no use any more: another epoch has begun. */
  startOver(): void {
    this.pieces.clear();
  }

  /** One chunk more for a client that said what it has: that is left out, for it alone. */
  private sendOwn(connection: StreamConnection, group: TopicGroup, to: number): void {
    const { log } = this.options;
    let text = '';
    for (; connection.position < to && text.length < OWN_TEXT_CHARS; connection.position++) {
      const { position } = connection;
      if (group.wantsAt(log.tail, position) && !connection.has(log.tail, position))
        text += logFrame(log, position);
    }
    if (text !== '') connection.write(encodeChunk(text));
  }

  private sendForming(connection: StreamConnection, { symbols, timeframes }: TopicGroup): void {
    const forming = [...timeframes].flatMap((timeframe) =>
      this.options.market.formingBars([...symbols], timeframe),
    );
    if (forming.length > 0) connection.write(encodeChunk(forming.map(microbarFrame).join('')));
  }
}

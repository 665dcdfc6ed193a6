import type { FeedState, SymbolInfo } from '@libs/contract';
import { createHash } from 'node:crypto';
import { Observable } from 'rxjs';
import type { FeedSpeed } from '../../config/env.schema.js';
import type { FeedContext, FeedEvent, MarketFeed } from './market-feed.port.js';
import { FilePlayback } from './trade-file/file-playback.js';
import type { TradeFileSet } from './trade-file/trade-file-set.js';

const BATCH_SIZE = 8_192;

/** How a file feed is made. */
export interface FileFeedOptions {
  readonly files: TradeFileSet;
  readonly speed: FeedSpeed;
  /** Settings that change which bars come out of the same files; part of the record's key. */
  readonly salt: string;
  /** Trades per batch. Default 8192. */
  readonly batchSize?: number;
}

/**
 * Plays trade files (contract, "Trade files") as a feed, always from their start and with the data's own clock: the same
 * files give the same trades in the same order at any speed.
 */
export class FileFeed implements MarketFeed {
  readonly source = 'file';
  readonly healthyState: FeedState = 'replay';
  readonly recordKey: string;
  readonly symbols: readonly SymbolInfo[];

  constructor(private readonly options: FileFeedOptions) {
    const { files, salt } = options;
    const digest = createHash('sha256').update(`${files.fingerprint}\n${salt}`).digest('hex');
    this.recordKey = `file:${digest.slice(0, 16)}`;
    this.symbols = files.symbols;
  }

  /** What it plays. */
  get files(): TradeFileSet {
    return this.options.files;
  }

  open(context: FeedContext): Observable<FeedEvent> {
    const { files, speed, batchSize = BATCH_SIZE } = this.options;
    return new Observable((subscriber) => {
      void new FilePlayback({ files, speed, batchSize }, context, subscriber).play();
    });
  }
}

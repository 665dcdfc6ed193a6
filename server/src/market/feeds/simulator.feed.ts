import type { FeedState, SymbolInfo } from '@libs/contract';
import { createHash } from 'node:crypto';
import { Observable } from 'rxjs';
import type { FeedSpeed } from '../../config/env.schema.js';
import type { FeedContext, FeedEvent, MarketFeed } from './market-feed.port.js';
import { DEFAULT_SYMBOLS, simulatedSymbols, type SimulatedSymbol } from './simulator/simulated-symbol.js';
import { SimulatorPlayback } from './simulator/simulator-playback.js';

const BATCH_SIZE = 8_192;
/** Changes whenever the same seed gives other trades than before. */
const SIMULATION_VERSION = 1;

/** How a simulator feed is made. */
export interface SimulatorFeedOptions {
  readonly seed: number;
  /** Multiple of real time after the history; `max` plays one further day and rests. */
  readonly speed: FeedSpeed;
  /** Default SPY, QQQ, AAPL, MSFT, NVDA, TSLA. */
  readonly symbols?: readonly string[] | undefined;
  /** Settings that change which bars come out of the same trades; part of the record's key. */
  readonly salt: string;
  /** Trades per batch. Default 8192. */
  readonly batchSize?: number;
}

/**
 * A market that never closes, made of a seed: days with an open, a lunch lull and a close, gaps and bursts, several
 * symbols that go along with one another. Which trades a minute has depends on the seed, the symbols and the minute
 * alone, so a restart makes the same ones again.
 */
export class SimulatorFeed implements MarketFeed {
  readonly source = 'simulator';
  readonly healthyState: FeedState = 'simulated';
  readonly recordKey: string;
  readonly symbols: readonly SymbolInfo[];
  private readonly simulated: readonly SimulatedSymbol[];

  constructor(private readonly options: SimulatorFeedOptions) {
    const { seed, symbols = DEFAULT_SYMBOLS, salt } = options;
    this.simulated = simulatedSymbols(symbols);
    this.symbols = this.simulated.map(({ info }) => info);
    const covered = [SIMULATION_VERSION, symbols.join(','), salt].join('\n');
    this.recordKey = `simulator:${seed}:${createHash('sha256').update(covered).digest('hex').slice(0, 12)}`;
  }

  open(context: FeedContext): Observable<FeedEvent> {
    const { seed, speed, batchSize = BATCH_SIZE } = this.options;
    return new Observable((subscriber) => {
      const options = { seed, symbols: this.simulated, speed, batchSize };
      void new SimulatorPlayback(options, context, subscriber).play();
    });
  }
}

import type { Timeframe } from '@libs/bars';
import type { Topics } from './resume.js';
import type { StreamConnection } from './stream-connection.js';

/** All clients with the same topics: what one flush brings for them is one shared buffer. */
export class TopicGroup implements Topics {
  readonly symbols: ReadonlySet<string>;
  readonly timeframes: ReadonlySet<Timeframe>;
  /** Clients that have been sent everything up to the last flush. */
  readonly live = new Set<StreamConnection>();
  private members = 0;

  constructor(
    readonly key: string,
    topics: Topics,
    private readonly endDemand: () => void,
  ) {
    this.symbols = topics.symbols;
    this.timeframes = topics.timeframes;
  }

  /** Equal topics have equal keys, whatever their order. */
  static keyOf({ symbols, timeframes }: Topics): string {
    return `${[...timeframes].sort().join(',')}|${[...symbols].sort().join(',')}`;
  }

  wants(symbol: string, timeframe: Timeframe): boolean {
    return this.timeframes.has(timeframe) && this.symbols.has(symbol);
  }

  enter(): void {
    this.members++;
  }

  /** Returns how many members are left; with the last one the group's demand for forming bars ends. */
  leave(): number {
    this.members--;
    if (this.members === 0) this.endDemand();
    return this.members;
  }
}

import type { Bar } from '@libs/bars';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReaderLog, SeriesName } from '../log/log-entry.js';
import { ReaderCore } from './reader-core.js';
import type { ChaosReader, ReaderOptions } from './reader.js';
import { RecordedStream } from './recorded-stream.js';

/** How a raw reader behaves besides what every reader does. */
export interface RawReaderOptions extends ReaderOptions {
  /** Its connections are cut after a random number of bytes up to this. `Infinity`: never. */
  readonly mostBytes: number;
  /** It comes back after a random time up to this. */
  readonly longestPauseMs: number;
}

/**
 * The resuming client of the contract over raw sockets: cut at random byte positions, back with the id of the last
 * event it has whole, in the header or in the query, at any instance.
 */
export class RawReader implements ChaosReader {
  connections = 0;
  /** Connections it cut by itself, each at a byte position of chance. */
  ownCuts = 0;
  private readonly core: ReaderCore;
  private readonly running: Promise<void>;
  private stream: RecordedStream | null = null;
  private isCutting = true;
  private isStopped = false;

  constructor(private readonly options: RawReaderOptions) {
    this.core = new ReaderCore(options);
    this.running = this.run();
  }

  get log(): ReaderLog {
    return this.core.log;
  }

  get isOpen(): boolean {
    return this.core.isOpen;
  }

  get lastBarAtMs(): number {
    return this.core.lastBarAtMs;
  }

  barsOf(name: SeriesName): readonly Bar[] {
    return this.core.barsOf(name);
  }

  settled(): Promise<void> {
    return this.core.settled();
  }

  /** From the next connection on it is not cut any more. */
  calm(): void {
    this.isCutting = false;
    if (this.options.mostBytes < Infinity) this.stream?.cut('to come back for good');
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.core.stop();
    this.stream?.cut('the reader is stopped');
    await this.running;
  }

  private async run(): Promise<void> {
    const { random, longestPauseMs } = this.options;
    while (!this.isStopped) {
      const port = this.core.pickPort();
      if (port !== undefined) await this.connectOnce(port);
      await delay(10 + random() * longestPauseMs);
    }
  }

  private async connectOnce(port: number): Promise<void> {
    const { core } = this;
    const { random, mostBytes, watchdogMs } = this.options;
    const { cursor } = core;
    const connection = ++this.connections;
    const inQuery = random() < 0.3;
    const cutAfterBytes = this.isCutting ? 300 + Math.floor(random() * mostBytes) : Infinity;
    core.log.note({ kind: 'connect', connection, target: String(port), cursor });
    const stream = new RecordedStream({
      port,
      path: core.path(inQuery ? cursor : null),
      headers: cursor === null || inQuery ? {} : { 'Last-Event-ID': cursor },
      cutAfterBytes,
      watchdogMs,
      onEvent: (event) => {
        core.take(event, connection);
      },
      onRefused: (status) => {
        core.log.note({ kind: 'refused', connection, status });
      },
    });
    this.stream = stream;
    const { cause, detail } = await stream.ended;
    this.stream = null;
    core.isOpen = false;
    if (cause === 'cut' && detail.startsWith('after')) this.ownCuts++;
    core.log.note({ kind: 'disconnect', connection, cause, detail });
  }
}

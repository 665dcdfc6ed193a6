import type { Bar } from '@libs/bars';
import type { BootstrapEvent } from '@libs/contract';
import { setTimeout as delay } from 'node:timers/promises';
import { openStream, type SseReader } from './sse-reader.js';

/** How a client is disturbed. */
export interface Disturbance {
  readonly port: number;
  /** Path and query of the stream. */
  readonly path: string;
  /** Seeded: where connections are cut depends on it. */
  readonly random: () => number;
  /** Most bytes of one connection. */
  readonly mostBytes: number;
}

/**
 * A client as the contract wants it, on a bad line: its connections are cut after a random number of bytes, and it comes
 * back with the id of the last event it has whole, or with the cursor of the bootstrap while it has none.
 */
export class ResumingClient {
  /** Finalized bars in the order in which they came, over all connections. */
  readonly bars: Bar[] = [];
  readonly verdicts: BootstrapEvent['resume'][] = [];
  readonly epochIds = new Set<string>();
  /** What did not belong on a stream. */
  readonly faults: string[] = [];
  connections = 0;
  private cursor: string | undefined;
  private readonly running: Promise<void>;
  private isStopped = false;

  constructor(private readonly disturbance: Disturbance) {
    this.running = this.run();
  }

  /** Stops cutting, reads on a last, undisturbed connection until `isEnough`, and ends. */
  async finish(what: string, isEnough: (client: ResumingClient) => boolean): Promise<void> {
    this.isStopped = true;
    await this.running;
    const { stream, before } = this.connect(Infinity);
    await stream.until(what, () => {
      this.takeFrom(stream, before);
      return isEnough(this);
    });
    stream.cut();
  }

  private async run(): Promise<void> {
    const { random, mostBytes } = this.disturbance;
    while (!this.isStopped) {
      const { stream, before } = this.connect(200 + Math.floor(random() * mostBytes));
      const tooLong = delay(2_000).then(() => {
        stream.cut();
      });
      await Promise.race([stream.closed, tooLong]);
      await stream.closed;
      this.takeFrom(stream, before);
      await delay(random() * 150);
    }
  }

  private connect(cutAfterBytes: number): { stream: SseReader; before: number } {
    const { port, path } = this.disturbance;
    const headers = this.cursor === undefined ? {} : { 'Last-Event-ID': this.cursor };
    this.connections++;
    return { stream: openStream({ port, path, headers, cutAfterBytes }), before: this.bars.length };
  }

  /** Takes over what a connection brought; `before` is how many bars there were when it began. */
  private takeFrom(stream: SseReader, before: number): void {
    const known = this.bars.length - before;
    this.bars.push(...stream.of('bar').slice(known));
    const [bootstrap] = stream.of('bootstrap');
    if (stream.fault !== null) this.faults.push(stream.fault);
    if (bootstrap === undefined) return;
    if (known === 0) this.verdicts.push(bootstrap.resume);
    this.epochIds.add(bootstrap.epoch.id);
    this.cursor = stream.lastEventId ?? this.cursor ?? bootstrap.cursor;
  }
}

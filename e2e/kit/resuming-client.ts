import type { Bar } from '@libs/bars';
import type { AlertEvent, BootstrapEvent } from '@libs/contract';
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

/** A connection, and how much the client held when it began. */
interface Connection {
  readonly stream: SseReader;
  readonly before: { readonly bars: number; readonly alerts: number };
}

/**
 * A client as the contract wants it, on a bad line: its connections are cut after a random number of bytes, and it comes
 * back with the id of the last event it has whole, or with the cursor of the bootstrap while it has none.
 */
export class ResumingClient {
  /** Finalized bars in the order in which they came, over all connections. */
  readonly bars: Bar[] = [];
  /** Alerts, likewise. */
  readonly alerts: AlertEvent[] = [];
  readonly verdicts: BootstrapEvent['resume'][] = [];
  readonly epochIds = new Set<string>();
  /** What did not belong on a stream. */
  readonly faults: string[] = [];
  connections = 0;
  /** Streams whose bootstrap was taken note of. */
  private readonly greeted = new WeakSet<SseReader>();
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

  private connect(cutAfterBytes: number): Connection {
    const { port, path } = this.disturbance;
    const headers = this.cursor === undefined ? {} : { 'Last-Event-ID': this.cursor };
    this.connections++;
    return {
      stream: openStream({ port, path, headers, cutAfterBytes }),
      before: { bars: this.bars.length, alerts: this.alerts.length },
    };
  }

  /** Takes over what a connection brought. */
  private takeFrom(stream: SseReader, before: Connection['before']): void {
    this.bars.push(...stream.of('bar').slice(this.bars.length - before.bars));
    this.alerts.push(...stream.of('alert').slice(this.alerts.length - before.alerts));
    const [bootstrap] = stream.of('bootstrap');
    if (stream.fault !== null) this.faults.push(stream.fault);
    if (bootstrap === undefined) return;
    if (!this.greeted.has(stream)) this.verdicts.push(bootstrap.resume);
    this.greeted.add(stream);
    this.epochIds.add(bootstrap.epoch.id);
    this.cursor = stream.lastEventId ?? this.cursor ?? bootstrap.cursor;
  }
}

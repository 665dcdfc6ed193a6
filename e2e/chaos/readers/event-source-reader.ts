import type { Bar } from '@libs/bars';
import { EventSource } from 'eventsource';
import { setTimeout as delay } from 'node:timers/promises';
import type { DisconnectCause, ReaderLog, SeriesName } from '../log/log-entry.js';
import { ReaderCore } from './reader-core.js';
import type { ChaosReader, ReaderOptions } from './reader.js';

const EVENTS = ['bootstrap', 'epoch', 'status', 'bar', 'microbar', 'alert', 'tick', 'ping'];

/**
 * The client that everybody has: the `EventSource` of the npm package of that name, which comes back by itself, at the
 * time the server named, with the id that it keeps. Where it gives up for good, or is silent, a new one is made.
 */
export class EventSourceReader implements ChaosReader {
  connections = 0;
  private readonly core: ReaderCore;
  private readonly running: Promise<void>;
  private isStopped = false;

  constructor(private readonly options: ReaderOptions) {
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

  async stop(): Promise<void> {
    this.isStopped = true;
    this.core.stop();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      const port = this.core.pickPort();
      if (port !== undefined) await this.useOne(port);
      await delay(50 + this.options.random() * 200);
    }
  }

  /** Uses one object until it has given up, or nothing is heard of it, or the reader is stopped. */
  private async useOne(port: number): Promise<void> {
    const { core } = this;
    const { watchdogMs } = this.options;
    const source = new EventSource(`http://127.0.0.1:${port}${core.path(core.cursor)}`);
    const line = { heardAtMs: performance.now(), isDown: true };
    const goDown = (cause: DisconnectCause, detail: string): void => {
      if (line.isDown) return;
      line.isDown = true;
      core.isOpen = false;
      core.log.note({ kind: 'disconnect', connection: this.connections, cause, detail });
    };
    source.onopen = () => {
      line.heardAtMs = performance.now();
      line.isDown = false;
      this.connections++;
      const cursor = core.cursor;
      core.log.note({ kind: 'connect', connection: this.connections, target: String(port), cursor });
    };
    source.onerror = ({ code, message }) => {
      line.heardAtMs = performance.now();
      goDown('broken', message ?? '');
      if (code !== undefined) core.log.note({ kind: 'refused', connection: this.connections, status: code });
    };
    for (const name of EVENTS) {
      source.addEventListener(name, (event: MessageEvent) => {
        line.heardAtMs = performance.now();
        const data = String(event.data);
        // This package shows the id of the event itself here, and '' where it has none.
        const id = event.lastEventId === '' ? undefined : event.lastEventId;
        try {
          core.take({ name, id, data }, this.connections);
        } catch (thrown) {
          goDown('malformed', String(thrown));
          source.close();
        }
      });
    }
    while (!this.isStopped && source.readyState !== EventSource.CLOSED) {
      await delay(50);
      // It waits up to 5 s by itself before it comes back.
      const patienceMs = line.isDown ? 5_000 + 2 * watchdogMs : watchdogMs;
      if (performance.now() - line.heardAtMs > patienceMs) {
        goDown('watchdog', `nothing came for ${patienceMs} ms`);
        break;
      }
    }
    goDown('cut', 'closed for good');
    source.close();
    core.isOpen = false;
  }
}

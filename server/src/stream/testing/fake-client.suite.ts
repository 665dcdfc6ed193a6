import type { Bar, Microbar } from '@libs/bars';
import type { BootstrapEvent, PingEvent, StatusEvent } from '@libs/contract';
import type { Response } from 'express';
import { EventEmitter } from 'node:events';
import { readChunks, readEventStream, type StreamEvent, type StreamText } from './event-stream.suite.js';

/** What the network takes before a client that does not read blocks its sender. */
const NETWORK_BUFFER_BYTES = 2_000;

/** The near end of a client's connection: takes writes, blocks while the client does not read. */
class FakeSocket extends EventEmitter {
  readonly writes: Buffer[] = [];
  writableNeedDrain = false;
  destroyed = false;
  private waitingBytes = 0;
  private isReading = true;

  write(bytes: Buffer): boolean {
    if (this.destroyed) throw new Error('write after destroy');
    this.writes.push(bytes);
    if (this.isReading) return true;
    this.waitingBytes += bytes.length;
    if (this.waitingBytes > NETWORK_BUFFER_BYTES) this.writableNeedDrain = true;
    return !this.writableNeedDrain;
  }

  stopReading(): void {
    this.isReading = false;
  }

  /** Reads everything that waits; `andStop`: and nothing of what comes after. */
  read({ andStop = false } = {}): void {
    this.isReading = !andStop;
    this.waitingBytes = 0;
    if (!this.writableNeedDrain) return;
    this.writableNeedDrain = false;
    this.emit('drain');
  }
}

/** One connection of a client, with everything it was sent. */
export class FakeClient {
  readonly socket = new FakeSocket();
  /** Called when the server cuts the connection. */
  onCut: () => void = () => undefined;
  readonly response: Response;
  private readonly bodyWrites: Buffer[] = [];

  /** @param isPlain whether the body goes through the response object (HTTP/1.0: no chunks) */
  constructor({ isPlain = false } = {}) {
    const { socket, bodyWrites } = this;
    const destroy = (): void => {
      if (socket.destroyed) return;
      socket.destroyed = true;
      this.onCut();
    };
    this.response = {
      socket,
      req: { httpVersion: isPlain ? '1.0' : '1.1' },
      chunkedEncoding: !isPlain,
      writableEnded: false,
      get destroyed() {
        return socket.destroyed;
      },
      get writableNeedDrain() {
        return socket.writableNeedDrain;
      },
      write: (bytes: Buffer) => {
        bodyWrites.push(bytes);
        return socket.write(bytes);
      },
      on: socket.on.bind(socket),
      off: socket.off.bind(socket),
      destroy,
      end: () => undefined,
    } as unknown as Response;
  }

  /** Buffers in the order they were written, as objects: equal ones may be the very same. */
  get writes(): readonly Buffer[] {
    return this.socket.writes;
  }

  get text(): StreamText {
    const body = Buffer.concat(this.socket.writes);
    return readEventStream((this.bodyWrites.length > 0 ? body : readChunks(body)).toString('utf8'));
  }

  get events(): readonly StreamEvent[] {
    return this.text.events;
  }

  get bars(): Bar[] {
    return this.named<Bar>('bar');
  }

  get microbars(): Microbar[] {
    return this.named<Microbar>('microbar');
  }

  get pings(): PingEvent[] {
    return this.named<PingEvent>('ping');
  }

  get statuses(): StatusEvent[] {
    return this.named<StatusEvent>('status');
  }

  get bootstrap(): BootstrapEvent {
    const [first] = this.events;
    if (first?.name !== 'bootstrap') throw new Error(`the first event is ${first?.name}`);
    return JSON.parse(first.data) as BootstrapEvent;
  }

  /** What a browser would show as `Last-Event-ID` when it comes back. */
  get lastEventId(): string | undefined {
    return this.events.findLast(({ id }) => id !== undefined)?.id;
  }

  private named<Data>(name: string): Data[] {
    return this.events.filter((event) => event.name === name).map(({ data }) => JSON.parse(data) as Data);
  }
}

import type { StreamEvents } from '@libs/contract';
import { connect, type Socket } from 'node:net';
import { ChunkedBody } from './chunked-body.js';
import { onCleanup } from './cleanup.js';
import { eventually } from './eventually.js';
import { SseText, type SseEvent } from './sse-text.js';

/** Which stream is opened and how it is read. */
export interface SseRequest {
  readonly port: number;
  /** With its query, as it goes out. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cuts the connection, without goodbye, once so many bytes have come: anywhere in a header, a chunk or an event. */
  readonly cutAfterBytes?: number;
}

/**
 * Reads a stream over a bare socket, strictly: what does not belong ends up in {@link fault}. Nothing is read ahead of
 * {@link pause}, so it can play a client that does not read.
 */
export class SseReader {
  /** Settles when the connection is over, whoever ended it. */
  readonly closed: Promise<void>;
  /** First thing on the stream that does not belong; a spec expects it to be `null`. */
  fault: string | null = null;
  status = 0;
  /** Names in lower case. */
  headers: ReadonlyMap<string, string> = new Map();
  private readonly socket: Socket;
  private readonly text = new SseText();
  private readonly body = new ChunkedBody();
  private head: Buffer | null = Buffer.alloc(0);
  private received = 0;
  private readonly parsed = new Map<string, { upTo: number; values: unknown[] }>();

  constructor(private readonly request: SseRequest) {
    this.socket = connect({ host: '127.0.0.1', port: request.port });
    this.socket.on('connect', () => this.socket.write(requestText(request)));
    this.socket.on('data', (bytes) => {
      this.take(bytes);
    });
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) =>
      this.socket.once('close', () => {
        resolve();
      }),
    );
  }

  /** Events in the order in which they came. */
  get events(): readonly SseEvent[] {
    return this.text.events;
  }

  get retriesMs(): readonly number[] {
    return this.text.retriesMs;
  }

  /** What a browser would show on its next connect; `undefined` when no id has come. */
  get lastEventId(): string | undefined {
    return this.text.lastEventId;
  }

  /** Whether the server ended the stream in good order, rather than the connection having been cut. */
  get isComplete(): boolean {
    return this.body.isComplete;
  }

  get isClosed(): boolean {
    return this.socket.closed;
  }

  /** Events of one name, parsed; each of them once, however often this is asked. */
  of<Name extends keyof StreamEvents>(name: Name): readonly StreamEvents[Name][] {
    const known = this.parsed.get(name) ?? { upTo: 0, values: [] };
    this.parsed.set(name, known);
    for (; known.upTo < this.events.length; known.upTo++) {
      const event = this.events[known.upTo]!;
      if (event.name === name) known.values.push(JSON.parse(event.data));
    }
    return known.values as StreamEvents[Name][];
  }

  /** Stops taking data from the socket. */
  pause(): void {
    this.socket.pause();
  }

  /** Goes on reading. */
  resume(): void {
    this.socket.resume();
  }

  /** Cuts the connection without goodbye. */
  cut(): void {
    this.socket.destroy();
  }

  /** Waits until the stream satisfies `isEnough`. Throws with the last events when it does not in time or closes before. */
  async until(what: string, isEnough: (reader: SseReader) => boolean, timeoutMs = 60_000): Promise<void> {
    await eventually(
      () => {
        if (isEnough(this)) return true;
        if (this.fault !== null || this.isClosed) throw new Error(this.fault ?? 'the stream is over');
        return false;
      },
      { what: `${what} on ${this.request.path}`, timeoutMs, everyMs: 10 },
    );
  }

  private take(bytes: Buffer): void {
    const { cutAfterBytes = Infinity } = this.request;
    const wanted = bytes.subarray(0, Math.max(0, cutAfterBytes - this.received));
    this.received += wanted.length;
    try {
      this.parse(wanted);
    } catch (thrown) {
      this.fault ??= thrown instanceof Error ? thrown.message : String(thrown);
      this.cut();
    }
    if (this.received >= cutAfterBytes) this.cut();
  }

  private parse(bytes: Buffer): void {
    if (this.head === null) {
      this.text.push(this.body.push(bytes));
      return;
    }
    this.head = Buffer.concat([this.head, bytes]);
    const end = this.head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const [statusLine = '', ...lines] = this.head.toString('latin1', 0, end).split('\r\n');
    this.status = Number(statusLine.split(' ')[1]);
    this.headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const rest = this.head.subarray(end + 4);
    this.head = null;
    if (this.headers.get('transfer-encoding') === 'chunked') this.text.push(this.body.push(rest));
    else if (this.status === 200) throw new Error('the stream is not sent in chunks');
  }
}

/** Opens a stream; it is cut when the spec file is over. */
export function openStream(request: SseRequest): SseReader {
  const reader = new SseReader(request);
  onCleanup(() => {
    reader.cut();
    return Promise.resolve();
  });
  return reader;
}

function requestText({ port, path, headers = {} }: SseRequest): string {
  const fields = { Host: `127.0.0.1:${port}`, Accept: 'text/event-stream', ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return [`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}

import { connect, type Socket } from 'node:net';
import { ChunkedBody } from '../../kit/chunked-body.js';
import { resetSocket } from '../../kit/reset-socket.js';
import { SseText, type SseEvent } from '../../kit/sse-text.js';
import type { DisconnectCause } from '../log/log-entry.js';

/** What is asked of a stream, and who hears of it. */
export interface RecordedStreamOptions {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Cuts the connection, without goodbye, once so many bytes have come. */
  readonly cutAfterBytes: number;
  /** Cuts it when nothing came for so long. */
  readonly watchdogMs: number;
  readonly onEvent: (event: SseEvent) => void;
  readonly onRefused: (status: number) => void;
}

/** How a connection was over. */
export interface StreamEnding {
  readonly cause: DisconnectCause;
  readonly detail: string;
}

/** One connection to a stream over a bare socket, read strictly; events are handed on as they become whole. */
export class RecordedStream {
  /** Settles when the connection is over. */
  readonly ended: Promise<StreamEnding>;
  private readonly socket: Socket;
  private readonly text = new SseText();
  private readonly body = new ChunkedBody();
  private head: Buffer | null = Buffer.alloc(0);
  private received = 0;
  private handedOn = 0;
  private ending: StreamEnding | null = null;

  constructor(private readonly options: RecordedStreamOptions) {
    const { port, path, headers, watchdogMs } = options;
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true });
    const lines = Object.entries({ Host: `127.0.0.1:${port}`, Accept: 'text/event-stream', ...headers });
    this.socket.on('connect', () => {
      const fields = lines.map(([name, value]) => `${name}: ${value}`);
      this.socket.write([`GET ${path} HTTP/1.1`, ...fields, '', ''].join('\r\n'));
    });
    this.socket.setTimeout(watchdogMs, () => {
      this.end({ cause: 'watchdog', detail: `nothing came for ${watchdogMs} ms` });
    });
    this.socket.on('data', (bytes) => {
      this.take(bytes);
    });
    let fault = '';
    this.socket.on('error', (error) => {
      fault = error.message;
    });
    this.ended = new Promise((resolve) =>
      this.socket.once('close', () => {
        const cause = this.body.isComplete ? 'ended' : 'broken';
        resolve(this.ending ?? { cause, detail: fault });
      }),
    );
  }

  /** Cuts the connection without goodbye. */
  cut(detail: string): void {
    this.end({ cause: 'cut', detail });
  }

  private end(ending: StreamEnding): void {
    this.ending ??= ending;
    resetSocket(this.socket);
  }

  private take(bytes: Buffer): void {
    if (this.ending !== null) return;
    const { cutAfterBytes, onEvent } = this.options;
    const wanted = bytes.subarray(0, Math.max(0, cutAfterBytes - this.received));
    this.received += wanted.length;
    try {
      this.parse(wanted);
      for (; this.handedOn < this.text.events.length; this.handedOn++)
        onEvent(this.text.events[this.handedOn]!);
    } catch (thrown) {
      this.end({ cause: 'malformed', detail: thrown instanceof Error ? thrown.message : String(thrown) });
    }
    if (this.received >= cutAfterBytes) this.cut(`after ${cutAfterBytes} bytes`);
  }

  private parse(bytes: Buffer): void {
    if (this.head === null) {
      this.text.push(this.body.push(bytes));
      return;
    }
    this.head = Buffer.concat([this.head, bytes]);
    const end = this.head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const text = this.head.toString('latin1', 0, end);
    const rest = this.head.subarray(end + 4);
    this.head = null;
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);
    if (Number.isNaN(status)) throw new Error(`not an answer of HTTP: ${JSON.stringify(text.slice(0, 60))}`);
    if (status !== 200) {
      this.options.onRefused(status);
      this.cut(`answered ${status}`);
    } else if (!/^transfer-encoding: chunked$/im.test(text))
      throw new Error('the stream is not sent in chunks');
    else this.text.push(this.body.push(rest));
  }
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';

/** What a REST request is answered with instead of the vendor's own answer. */
export type RestFault = (request: URL, response: ServerResponse) => void;

/** One connection of a client, as the fake vendor sees it. */
export class FakeConnection {
  readonly received: unknown[] = [];
  isStalled = false;

  constructor(
    readonly socket: WebSocket,
    private readonly tcp: Socket,
  ) {}

  send(message: unknown): void {
    this.sendText(JSON.stringify(message));
  }

  sendText(text: string): void {
    if (!this.isStalled && this.socket.readyState === this.socket.OPEN) this.socket.send(text);
  }

  /** Reads and writes nothing from now on, and answers no ping: a dead peer behind an open connection. */
  stall(): void {
    this.isStalled = true;
    this.tcp.pause();
  }

  /** Resolves when the client has read everything that was sent. */
  async drained(): Promise<void> {
    if (this.isStalled || this.socket.readyState !== this.socket.OPEN) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.socket.off('pong', done).off('close', done);
        resolve();
      };
      this.socket.on('pong', done).on('close', done);
      this.socket.ping();
    });
  }
}

/** A vendor's WebSocket and REST service on a free port of this machine, over real sockets. */
export abstract class FakeServer {
  connections: FakeConnection[] = [];
  readonly requests: URL[] = [];
  readonly requestHeaders: IncomingMessage['headers'][] = [];
  /** Takes the place of the answers while it is set. */
  restFault: RestFault | null = null;
  /** HTTP status that refuses the upgrade to a WebSocket, or null. */
  upgradeStatus: number | null = null;
  attempts = 0;
  private readonly http: Server;
  private readonly webSockets = new WebSocketServer({ noServer: true });
  private openRequests = 0;

  constructor() {
    this.http = createServer((request, response) => {
      this.openRequests++;
      response.once('close', () => this.openRequests--);
      const url = new URL(request.url ?? '/', this.restUrl);
      this.requests.push(url);
      this.requestHeaders.push(request.headers);
      if (this.restFault !== null) this.restFault(url, response);
      else this.answer(url, response);
    });
    this.http.on('upgrade', (request, tcp, head) => {
      this.attempts++;
      if (this.upgradeStatus !== null) {
        tcp.end(`HTTP/1.1 ${this.upgradeStatus} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
        return;
      }
      this.webSockets.handleUpgrade(request, tcp, head, (socket) => {
        const connection = new FakeConnection(socket, tcp as Socket);
        this.connections.push(connection);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.connections = this.connections.filter((one) => one !== connection);
        });
        socket.on('message', (data: Buffer) => {
          const message = JSON.parse(data.toString('utf8')) as unknown;
          connection.received.push(message);
          this.receive(connection, message);
        });
        const greeting = this.greeting();
        if (greeting !== undefined) connection.send(greeting);
      });
    });
  }

  get isListening(): boolean {
    return this.http.listening;
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  get wsUrl(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  get restUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.http.listen(port, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    for (const { socket } of this.connections) socket.terminate();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  /** Breaks every connection without a word. */
  cut(): void {
    for (const { socket } of this.connections) socket.terminate();
    this.connections = [];
  }

  /** Resolves when clients have read what was sent and have their answers. */
  async drained(): Promise<void> {
    await Promise.all(this.connections.map((connection) => connection.drained()));
    while (this.openRequests > 0) await delay(1);
  }

  /** What the vendor says first, if anything. */
  protected greeting(): unknown {
    return undefined;
  }

  protected abstract receive(connection: FakeConnection, message: unknown): void;
  protected abstract answer(url: URL, response: ServerResponse): void;
}

/** Answers with JSON. */
export function answerJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

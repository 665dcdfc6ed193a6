import { createECDH, randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { openPush } from '../../server/src/rules/delivery/testing/open-push.suite.js';
import { onCleanup } from './cleanup.js';
import { freePort } from './free-port.js';

/** A message as it came over the wire, and what the browser it is for reads in it. */
export interface PushedMessage {
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  readonly sealed: Buffer;
  readonly text: string;
}

/** A push service on a real socket, with one browser that has subscribed and holds its keys. */
export class PushServiceFake {
  readonly messages: PushedMessage[] = [];
  /** What senders are answered. */
  status = 201;
  private readonly device = createECDH('prime256v1');
  private readonly auth = randomBytes(16).toString('base64url');
  private readonly publicKey = this.device.generateKeys('base64url');
  private server: Server | null = null;

  private constructor(readonly port: number) {}

  static async start(): Promise<PushServiceFake> {
    const service = new PushServiceFake(await freePort());
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        service.take(Buffer.concat(chunks), request.headers, request.url ?? '');
        response.writeHead(service.status).end();
      });
    });
    service.server = server;
    await new Promise<void>((resolve) => server.listen(service.port, '127.0.0.1', resolve));
    onCleanup(() => service.stop());
    return service;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What the browser's `PushSubscription` says of itself. */
  get subscription(): { endpoint: string; keys: { p256dh: string; auth: string } } {
    return {
      endpoint: `${this.origin}/send/device-1`,
      keys: { p256dh: this.publicKey, auth: this.auth },
    };
  }

  private take(sealed: Buffer, headers: IncomingHttpHeaders, path: string): void {
    this.messages.push({ headers, path, sealed, text: openPush(sealed, this.device, this.auth) });
  }

  private stop(): Promise<void> {
    this.server?.closeAllConnections();
    return new Promise((resolve) => this.server?.close(() => resolve()));
  }
}

import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request the stand-in got. */
export interface AskedCompletion {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly model: string;
    readonly stream: boolean;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly tools?: unknown;
  };
}

/** A stand-in for a server of chat completions: HTTP and server-sent events over a real socket. */
export class FakeCompletions {
  readonly asked: AskedCompletion[] = [];

  private constructor(
    private readonly server: Server,
    /** Answers a request. */
    public script: (response: ServerResponse, asked: AskedCompletion) => void,
  ) {}

  static async start(script: FakeCompletions['script']): Promise<FakeCompletions> {
    const fakes: FakeCompletions[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as AskedCompletion['body'];
        const asked = { url: request.url ?? '', headers: request.headers, body };
        fakes[0]?.asked.push(asked);
        fakes[0]?.script(response, asked);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const fake = new FakeCompletions(server, script);
    fakes.push(fake);
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** One event of the stream. */
export const chunkOf = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;

/** A script that writes words in pieces that are cut anywhere, also inside characters and events. */
export function writing(words: string, pieceBytes = 7): FakeCompletions['script'] {
  return (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const events = (words.match(/.{1,9}/gsu) ?? []).map(chunkOf).join('');
    const bytes = Buffer.from(`: hello\n\n${events}data: [DONE]\n\n`);
    for (let at = 0; at < bytes.length; at += pieceBytes) response.write(bytes.subarray(at, at + pieceBytes));
    response.end();
  };
}

import { request, type Agent, type IncomingHttpHeaders } from 'node:http';

/** An answer, read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What is asked. `path` goes out as it stands, nothing is normalized or escaped. */
export interface HttpRequest {
  readonly port: number;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Default: a connection of its own. */
  readonly agent?: Agent;
}

const TIMEOUT_MS = 20_000;

/** Sends one request. Rejects when the connection fails or nothing comes for 20 s. */
export function ask({
  port,
  path,
  method = 'GET',
  headers = {},
  body,
  agent,
}: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path,
      method,
      headers,
      agent: agent ?? false,
      timeout: TIMEOUT_MS,
    };
    const outgoing = request(options, (incoming) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
      });
    });
    outgoing.on('timeout', () => {
      outgoing.destroy(new Error(`no answer to ${method} ${path} within ${TIMEOUT_MS} ms`));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

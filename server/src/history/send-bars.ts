import type { ServerResponse } from 'node:http';
import { DATA_HEADERS } from '../common/data-headers.js';

/** Sends encoded bars. Past express: hashing 75 kB for an ETag would cost more than the whole answer. */
export function sendBars(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, {
    ...DATA_HEADERS,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  });
  response.end(body);
}

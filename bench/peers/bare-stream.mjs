// The least a server can do for a client that comes back: send what it missed, made beforehand, and keep the stream open.
// Usage: node bare-stream.mjs <port> <file>
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, file] = process.argv.slice(2);
const missed = readFileSync(file);

createServer((request, response) => {
  if (request.url === '/ready') {
    response.end('ready');
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write(missed);
}).listen(Number(port), '127.0.0.1');

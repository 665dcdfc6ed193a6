// The least a stream server can do: events encoded once a flush, one shared buffer written to every client.
// Usage: node bare-sse.mjs <port> <symbols, 0 for a stream without events> <period in ms>
import { createServer } from 'node:http';

const [port, symbols, periodMs] = process.argv.slice(2).map(Number);
const clients = new Set();

createServer((request, response) => {
  if (request.url === '/ready') {
    response.end('ready');
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write(': hello\n\n');
  clients.add(response);
  response.on('close', () => clients.delete(response));
}).listen(port, '127.0.0.1');

let flushes = 0;
if (symbols > 0) setInterval(flush, periodMs);

function flush() {
  flushes++;
  const ts = Date.now();
  const barStartMs = ts - (ts % 60_000);
  let text = '';
  for (let i = 0; i < symbols; i++) {
    const microbar = {
      symbol: `SYM${String.fromCharCode(65 + i)}`,
      timeframe: '1m',
      seq: barStartMs / 60_000,
      bar_start: barStartMs,
      bar_end: barStartMs + 60_000,
      ohlcv: { o: 100.01, h: 100.99, l: 100, c: 100 + (flushes % 100) / 100, v: 1_000 + flushes },
      ts,
    };
    text += `event: microbar\ndata: ${JSON.stringify(microbar)}\n\n`;
  }
  const shared = Buffer.from(text);
  for (const client of clients) client.write(shared);
}

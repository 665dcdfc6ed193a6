// Serves a page with nothing but lightweight-charts and the bars of a file, all from memory.
// Usage: node static-page.mjs <port> <file with the bars as JSON>
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [port, barsFile] = process.argv.slice(2);
const page = path.join(import.meta.dirname, 'static-chart');
const library = fileURLToPath(import.meta.resolve('lightweight-charts'));
const libraryFile = path.join(path.dirname(library), 'lightweight-charts.standalone.production.mjs');

const files = new Map([
  [
    '/',
    {
      type: 'text/html; charset=utf-8',
      cache: 'no-store',
      body: readFileSync(path.join(page, 'index.html')),
    },
  ],
  ['/chart.js', script(path.join(page, 'chart.js'))],
  ['/lightweight-charts.standalone.production.mjs', script(libraryFile)],
  ['/bars.json', { type: 'application/json', cache: 'no-store', body: readFileSync(barsFile) }],
]);

function script(file) {
  return { type: 'text/javascript', cache: 'public, max-age=31536000, immutable', body: readFileSync(file) };
}

createServer((request, response) => {
  const file = files.get(request.url);
  if (file === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'Content-Type': file.type,
    'Content-Length': file.body.length,
    'Cache-Control': file.cache,
  });
  response.end(file.body);
}).listen(Number(port), '127.0.0.1');

// A vendor: Massive's stocks stream and as much of its REST as the desk asks for, with a market that trades evenly. Nothing
// trades before `GET /go?perSecond=N`; `GET /state` answers { subscribed, told } (trades told of each symbol).
// Usage: node massive-server.mjs <port>
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const TICK_MS = 10;
const TRADES_A_FRAME = 25;
const SIZE = 100;
/** As often as they come: most trades are ordinary or sweeps, many are odd lots. */
const CONDITIONS = ['', '', ',"c":[14,41]', ',"c":[37]', ',"c":[14,37,41]', ',"c":[12,37]'];

const subscribed = new Set();
const told = new Map();
let socket = null;
let made = 0;

const http = createServer((request, response) => {
  const url = new URL(request.url, 'http://bench');
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(answerTo(url)));
}).listen(Number(process.argv[2]), '127.0.0.1');

new WebSocketServer({ server: http }).on('connection', (opened) => {
  socket = opened;
  subscribed.clear();
  status('connected', 'Connected Successfully');
  opened.on('message', (data) => take(JSON.parse(data.toString())));
});

function answerTo(url) {
  if (url.pathname === '/state') return { subscribed: subscribed.size, told: Object.fromEntries(told) };
  if (url.pathname === '/v1/marketstatus/now')
    return { market: 'open', serverTime: new Date().toISOString() };
  if (url.pathname === '/v3/reference/tickers') {
    const ticker = url.searchParams.get('ticker');
    return { status: 'OK', count: 1, results: [{ ticker, name: ticker, market: 'stocks', active: true }] };
  }
  if (url.pathname === '/go') trade(Number(url.searchParams.get('perSecond')));
  return { status: 'OK', resultsCount: 0 };
}

function take({ action, params }) {
  if (action === 'auth') status('auth_success', 'authenticated');
  if (action !== 'subscribe') return;
  for (const channel of params.split(',')) {
    if (channel.startsWith('T.')) subscribed.add(channel.slice(2));
    status('success', `subscribed to: ${channel}`);
  }
}

function status(name, message) {
  socket.send(JSON.stringify([{ ev: 'status', status: name, message }]));
}

/** Keeps to the rate on the whole, whatever a timer is late by. Zero: the market falls silent. */
let timer;
function trade(perSecond) {
  clearInterval(timer);
  if (perSecond === 0) return;
  const symbols = [...subscribed];
  const startedMs = performance.now();
  // A slow market tells trades as they are made, a fast one many at once.
  const size = Math.min(TRADES_A_FRAME, Math.max(1, Math.round((perSecond * TICK_MS) / 1_000)));
  let due = 0;
  timer = setInterval(() => {
    const wanted = Math.floor(((performance.now() - startedMs) * perSecond) / 1_000);
    for (; due < wanted; due += size) {
      const frame = Array.from({ length: size }, () => tradeOf(symbols[(made * 7) % symbols.length]));
      socket.send(`[${frame.join()}]`);
    }
  }, TICK_MS);
}

function tradeOf(symbol) {
  made++;
  told.set(symbol, (told.get(symbol) ?? 0) + 1);
  const price = (45_000 + ((made * 13) % 200)) / 100;
  // A step of its own, so that every symbol has trades of every kind and none is without a price.
  const conditions = CONDITIONS[Math.floor(made / 7) % CONDITIONS.length];
  return `{"ev":"T","sym":"${symbol}","x":4,"i":"${made}","z":1,"p":${price},"s":${SIZE}${conditions},"t":${Date.now()},"q":${made}}`;
}

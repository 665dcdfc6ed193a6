// Load: clients that stay. Options: { port, path, clients }. Once all of them read it answers `{ ready: true }`; then, one at
// a time: `{ measureMs }` gives `{ delayMs: { p50, p99 }, events, lost }` of that time, `{ readers }` opens so many more,
// `{ deaf }` so many that never read, `{ rounds }` opens and drops so many more, one batch after the other; these answer `{ done: true }`.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../kit/statistics.mjs';

const { port, path, clients } = JSON.parse(process.argv[2]);
const BATCH = 20;
const MICROBAR = /^event: microbar\ndata: \{"symbol":"(\w+)".*"ts":(\d+)\}$/gm;

/** From the oldest trade that an arrival can hold, the first after the newest of the arrival before. */
let delays = null;
let lost = 0;

await inBatches(clients, openReader);
process.send({ ready: true });

process.on('message', async ({ measureMs, readers, deaf, rounds }) => {
  if (readers !== undefined) await inBatches(readers, openReader);
  if (deaf !== undefined) await inBatches(deaf, openDeaf);
  if (rounds !== undefined) await inBatches(rounds, async () => (await openStream()).destroy());
  if (measureMs === undefined) return process.send({ done: true });
  delays = [];
  await sleep(measureMs);
  const seen = delays;
  delays = null;
  process.send({
    delayMs: { p50: quantile(seen, 0.5), p99: quantile(seen, 0.99), p999: quantile(seen, 0.999) },
    events: seen.length,
    lost,
  });
});
process.on('disconnect', () => process.exit(0));

async function inBatches(count, open) {
  // Not all at once: the server's queue of connections that wait to be accepted is short.
  for (let opened = 0; opened < count; opened += BATCH)
    await Promise.all(Array.from({ length: Math.min(BATCH, count - opened) }, open));
}

/** A connection on which the stream has begun. */
function openStream() {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    socket.on('connect', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n\r\n`);
    });
    socket.once('data', () => resolve(socket));
  });
}

async function openDeaf() {
  (await openStream()).pause();
}

async function openReader() {
  const socket = await openStream();
  const newest = new Map();
  let rest = '';
  socket.setEncoding('latin1').on('data', (text) => {
    const nowMs = Date.now();
    const whole = (rest + text).lastIndexOf('\n\n') + 2;
    const events = (rest + text).slice(0, whole);
    rest = (rest + text).slice(whole);
    for (const [, symbol, ts] of events.matchAll(MICROBAR)) {
      const before = newest.get(symbol);
      newest.set(symbol, Number(ts));
      if (before !== undefined && before !== Number(ts)) delays?.push(nowMs - before);
    }
  });
  socket.on('close', () => lost++);
}

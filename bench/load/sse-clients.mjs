// Load: clients that read a stream, on bare sockets in a process of its own. Once all of them are connected it watches for
// a while, then sends its parent what it saw and what that cost the server.
// Options: { port, path, clients, settleMs, measureMs, periodMs, serverPid }
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuUs } from '../kit/process-figures.mjs';
import { quantile } from '../kit/statistics.mjs';

const { port, path, clients, settleMs, measureMs, periodMs, serverPid } = JSON.parse(process.argv[2]);
const EVENT = Buffer.from('event: ');
const MICROBAR = Buffer.from('event: microbar');
const STAMP = Buffer.from('"ts":');
const STAMP_DIGITS = 13;

/** Arrival times of each flush at the clients, by the stamp of its first forming bar: one flush, one stamp, everywhere. */
const arrivals = new Map();
let isMeasuring = false;
let events = 0;
let bytes = 0;

const sockets = await Promise.all(Array.from({ length: clients }, openStream));
await sleep(settleMs);
const cpuBefore = cpuUs(serverPid);
isMeasuring = true;
await sleep(measureMs);
isMeasuring = false;
const cpu = cpuUs(serverPid) - cpuBefore;
const lateness = latenessMs();
process.send({
  events,
  bytesPerEvent: bytes / events,
  cpuUsPerEvent: cpu / events,
  flushes: arrivals.size,
  p50Ms: quantile(lateness, 0.5),
  p99Ms: quantile(lateness, 0.99),
});
for (const socket of sockets) socket.destroy();
process.exit(0);

function openStream() {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    socket.on('connect', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n\r\n`);
    });
    socket.once('data', (chunk) => {
      const status = chunk.latin1Slice(0, 13);
      if (!status.startsWith('HTTP/1.1 200 '))
        reject(new Error(`unexpected answer: ${chunk.latin1Slice(0, 300)}`));
      socket.on('data', take);
      resolve(socket);
    });
  });
}

function take(chunk) {
  if (!isMeasuring) return;
  const nowMs = performance.now();
  bytes += chunk.length;
  for (let at = chunk.indexOf(EVENT); at >= 0; at = chunk.indexOf(EVENT, at + EVENT.length)) events++;
  const microbarAt = chunk.indexOf(MICROBAR);
  if (microbarAt < 0) return;
  const stampAt = chunk.indexOf(STAMP, microbarAt) + STAMP.length;
  const stamp = chunk.latin1Slice(stampAt, stampAt + STAMP_DIGITS);
  const times = arrivals.get(stamp) ?? [];
  arrivals.set(stamp, times);
  times.push(nowMs);
}

/**
 * How late each arrival was. The first client anywhere to get a flush tells when the flush was; the next one is due a
 * period later. So this holds the server's own delay, its time to reach the last client, and the way here.
 */
function latenessMs() {
  const flushes = [...arrivals.values()];
  const lateness = [];
  for (let i = 1; i < flushes.length; i++) {
    const dueMs = flushes[i - 1][0] + periodMs;
    for (const arrivalMs of flushes[i]) lateness.push(arrivalMs - dueMs);
  }
  return lateness;
}

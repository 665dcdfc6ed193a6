// Load: clients that all come back at the same moment, on bare sockets in a process of its own. Each is caught up once it has
// so many finished bars. Sends how long that took them and what it cost the server.
// Options: { port, path, lastEventId, clients, events, serverPid }
import { connect } from 'node:net';
import { cpuUs } from '../kit/process-figures.mjs';
import { quantile } from '../kit/statistics.mjs';

const { port, path, lastEventId, clients, events, serverPid } = JSON.parse(process.argv[2]);
const BAR = Buffer.from('event: bar\n');

const cpuBefore = cpuUs(serverPid);
const startedMs = performance.now();
const tookMs = await Promise.all(Array.from({ length: clients }, resume));
const cpu = cpuUs(serverPid) - cpuBefore;
process.send({
  p50Ms: quantile(tookMs, 0.5),
  p99Ms: quantile(tookMs, 0.99),
  cpuUsPerClient: cpu / clients,
});
process.exit(0);

/** Resolves with the time from the start of the storm to the last bar that was missed. */
function resume() {
  return new Promise((resolve, reject) => {
    let seen = 0;
    let rest = Buffer.alloc(0);
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\nLast-Event-ID: ${lastEventId}\r\n\r\n`,
      );
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`a stream ended after ${seen} of ${events} bars`)));
    socket.on('data', (chunk) => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let at = bytes.indexOf(BAR); at >= 0; at = bytes.indexOf(BAR, at + BAR.length)) seen++;
      // A name may lie across two chunks; one that was counted does not fit into what is kept.
      rest = bytes.subarray(Math.max(0, bytes.length - BAR.length + 1));
      if (seen < events) return;
      socket.removeAllListeners('close');
      socket.destroy();
      resolve(performance.now() - startedMs);
    });
  });
}

import { createServer } from 'node:net';

/** Ports each worker of the test run gives out, one range after the other: below those the system itself gives out. */
const FIRST = 10_000;
const PORTS = 4_000;
const WORKER = Number(process.env['JEST_WORKER_ID'] ?? '1') - 1;

/** Begins anywhere, so that what an earlier spec has just left is not met again at once. */
let next = Math.floor(Math.random() * PORTS);

/**
 * A port of the loopback address that nobody listens on. Nobody else gets it either while this spec runs: a server that is
 * down for a moment finds it free when it comes back.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS; tries++) {
    const port = FIRST + (WORKER % 5) * PORTS + next;
    next = (next + 1) % PORTS;
    if (await isFree(port)) return port;
  }
  throw new Error('no port is free');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (fault: NodeJS.ErrnoException) => {
      if (fault.code === 'EADDRINUSE') resolve(false);
      else reject(fault);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

// What an idle stream costs the server in memory, and ten thousand of them.
import { fork } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { comparison, interleave } from '../kit/compare.mjs';
import { steadyTradeFile } from '../kit/made-files.mjs';
import { inBench, temporaryFolder } from '../kit/paths.mjs';
import { residentBytes } from '../kit/process-figures.mjs';
import { startPeer, startProduct } from '../kit/processes.mjs';

/** Open before the measurement begins: code is compiled and heaps have grown to their working size. */
const FIRST_CLIENTS = 300;
const MORE_CLIENTS = 1_000;
const SETTLE_MS = 1_000;
/** Both servers collect their garbage when told to by a signal. */
const NODE_ARGS = ['--expose-gc', '--import', inBench('peers/collect-on-signal.mjs')];
const PEER = 'bare Node http server';
/** What the desk promises: so many idle streams in so much memory. */
const CROWD = 10_000;
const CROWD_MIB = 1_024;

export default async function run({ quick }) {
  const folder = temporaryFolder('sse-memory');
  const settings = {
    DATA_DIR: path.join(folder, 'data'),
    FEED: 'file',
    FEED_FILES: steadyTradeFile(folder, 'SYMA', 0),
    FEED_SPEED: 'max',
  };
  const results = await interleave({
    rounds: quick ? 1 : 5,
    warmUp: false,
    ours: async () =>
      measure(
        await startProduct(settings, { nodeArgs: NODE_ARGS }),
        '/realtime/sse?timeframe=1m&symbols=SYMA',
      ),
    peer: async () =>
      measure(await startPeer(inBench('peers/bare-sse.mjs'), ['0'], { nodeArgs: NODE_ARGS }), '/'),
  });
  const crowd = await measureCrowd(await startProduct({ ...settings, SSE_MAX_CLIENTS: String(CROWD) }));
  const promised = { ours: [crowd], peer: [{ mebibytes: CROWD_MIB }] };
  return [
    comparison(results, ({ bytesPerClient }) => bytesPerClient / 1_024, {
      what: `resident memory per idle client, of ${MORE_CLIENTS}`,
      unit: 'KiB',
      peer: PEER,
      bound: { atMost: 1.5 },
    }),
    comparison(promised, ({ mebibytes }) => mebibytes, {
      what: `resident memory of the server with ${CROWD} idle clients`,
      unit: 'MiB',
      peer: 'the promise',
      bound: { atMost: 1 },
    }),
  ];
}

/** Growth of a fresh process: memory once taken is not given back, so a second measurement in it would find less. */
async function measure(server, stream) {
  await server.ready();
  const clients = fork(inBench('load/idle-clients.mjs'), [
    JSON.stringify({ port: server.port, path: stream }),
  ]);
  await open(clients, FIRST_CLIENTS);
  const before = await settledBytes(server);
  await open(clients, MORE_CLIENTS);
  const after = await settledBytes(server);
  clients.disconnect();
  await server.stop();
  return { bytesPerClient: (after - before) / MORE_CLIENTS };
}

/** All of what the server takes, with nothing collected on demand, once all of them have been greeted. */
async function measureCrowd(server) {
  await server.ready();
  const clients = fork(inBench('load/idle-clients.mjs'), [
    JSON.stringify({ port: server.port, path: '/realtime/sse?timeframe=1m&symbols=SYMA' }),
  ]);
  await open(clients, CROWD);
  await sleep(SETTLE_MS);
  const bytes = residentBytes(server.pid);
  clients.disconnect();
  await server.stop();
  return { mebibytes: bytes / 1_024 ** 2 };
}

function open(clients, more) {
  return new Promise((resolve, reject) => {
    clients.once('message', resolve);
    clients.once('exit', () => reject(new Error('the clients could not all connect')));
    clients.send({ more });
  });
}

async function settledBytes(server) {
  await sleep(SETTLE_MS);
  server.signal('SIGUSR2');
  await sleep(SETTLE_MS);
  return residentBytes(server.pid);
}

// What an idle stream costs the server in memory.
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
  return [
    comparison(results, ({ bytesPerClient }) => bytesPerClient / 1_024, {
      what: `resident memory per idle client, of ${MORE_CLIENTS}`,
      unit: 'KiB',
      peer: PEER,
      bound: { atMost: 1.5 },
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

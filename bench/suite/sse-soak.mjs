// Streams that stay open for long: trade to client, silent neighbours, needless reconnects, leaks.
import { fork } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { comparison } from '../kit/compare.mjs';
import { symbolNames } from '../kit/made-files.mjs';
import { inBench, temporaryFolder } from '../kit/paths.mjs';
import { ask, startPeer, startProduct } from '../kit/processes.mjs';

/** Readers of the first figure, and how many more come for the others. */
const CLIENTS = 200;
const MORE_CLIENTS = 200;
const DEAF = 100;
const ROUNDS = 1_000;
const SYMBOLS = 10;
const TRADES_PER_S = 500;
const SETTLE_MS = 5_000;
/** What the desk promises: the period of forming bars and a little for the way. */
const TRADE_TO_CLIENT_MS = 300;
const DEAF_COST = 1.2;
const LEAK_MIB = 5;
const MIB = 2 ** 20;

export default async function run({ quick }) {
  const watchMs = quick ? 20_000 : 120_000;
  const soakMs = quick ? 20_000 : 600_000;
  const vendor = await startPeer(inBench('load/massive-server.mjs'));
  await vendor.ready();
  const symbols = symbolNames(SYMBOLS);
  const server = await startProduct(
    {
      DATA_DIR: path.join(temporaryFolder('sse-soak'), 'data'),
      FEED: 'massive',
      MASSIVE_API_KEY: 'bench',
      MASSIVE_WS_URL: vendor.base.replace('http', 'ws'),
      MASSIVE_REST_URL: vendor.base,
      SYMBOLS: symbols.join(','),
    },
    { nodeArgs: ['--expose-gc', '--import', inBench('peers/collect-on-signal.mjs')] },
  );
  await server.ready();
  await ask(`${vendor.base}/go?perSecond=${TRADES_PER_S}`);
  const crowd = fork(inBench('load/soak-clients.mjs'), [
    JSON.stringify({
      port: server.port,
      path: `/realtime/sse?timeframe=1m&symbols=${symbols.join(',')}`,
      clients: CLIENTS,
    }),
  ]);
  await answerOf(crowd);
  await sleep(SETTLE_MS);
  const few = await tell(crowd, { measureMs: watchMs });
  await tell(crowd, { readers: MORE_CLIENTS });
  const alone = await tell(crowd, { measureMs: watchMs });
  await tell(crowd, { deaf: DEAF });
  const among = await tell(crowd, { measureMs: watchMs });

  // What the first come and go leave in caches is no leak.
  await tell(crowd, { rounds: ROUNDS / 5 });
  const before = await heapBytes(server);
  await tell(crowd, { rounds: ROUNDS });
  const after = await heapBytes(server);
  const soaked = await tell(crowd, { measureMs: soakMs });
  const end = await heapBytes(server);
  crowd.disconnect();
  await Promise.all([server.stop(), vendor.stop()]);

  if (soaked.lost > 0) throw new Error(`${soaked.lost} streams broke, and nothing was the matter`);
  const what = `${CLIENTS} clients, ${TRADES_PER_S} trades/s`;
  const line = (ours, theirs, rest) =>
    comparison({ ours: [ours], peer: [theirs] }, (figure) => figure, {
      peer: 'the promise',
      bound: { atMost: 1 },
      ...rest,
    });
  return [
    line(few.delayMs.p99, TRADE_TO_CLIENT_MS, { what: `${what}: trade to client, p99`, unit: 'ms' }),
    line(few.delayMs.p999, TRADE_TO_CLIENT_MS, {
      what: 'the same, p99.9',
      unit: 'ms',
      bound: undefined,
    }),
    line(among.delayMs.p99, alone.delayMs.p99, {
      what: `${CLIENTS + MORE_CLIENTS} clients: the same, p99, beside ${DEAF} that never read`,
      unit: 'ms',
      peer: 'without them',
      bound: { atMost: DEAF_COST },
    }),
    line(Math.max(after, end) / MIB, before / MIB + LEAK_MIB, {
      what: `heap after ${ROUNDS} clients came and went, and at the end`,
      unit: 'MiB',
      peer: `${LEAK_MIB} MiB more than before`,
    }),
  ];
}

function answerOf(crowd) {
  return new Promise((resolve, reject) => {
    crowd.once('message', resolve);
    crowd.once('exit', () => reject(new Error('the clients could not all connect')));
  });
}

function tell(crowd, message) {
  const answer = answerOf(crowd);
  crowd.send(message);
  return answer;
}

/** What is in use once the garbage has been collected. */
async function heapBytes(server) {
  for (let i = 0; i < 3; i++) {
    await sleep(1_000);
    server.signal('SIGUSR2');
  }
  await sleep(1_000);
  const { memory } = JSON.parse((await ask(`${server.base}/api/diag`)).body.toString());
  return memory.heapUsed + memory.external;
}

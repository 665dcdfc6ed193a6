// Start of the process to the first 200 of /ready.
import path from 'node:path';
import { comparison, interleave } from '../kit/compare.mjs';
import { inBench, temporaryFolder } from '../kit/paths.mjs';
import { startPeer, startProduct } from '../kit/processes.mjs';

const PEER = 'bare Nest app, one route';

export default async function run({ quick }) {
  // What `npm start` does without any setting, on data that is there already.
  const settings = { DATA_DIR: path.join(temporaryFolder('cold-start'), 'data'), FEED: 'simulator' };
  const first = await measure(await startProduct(settings));
  const results = await interleave({
    rounds: quick ? 3 : 7,
    ours: async () => measure(await startProduct(settings)),
    peer: async () => measure(await startPeer(inBench('peers/bare-nest.mjs'))),
  });
  const onNoData = { ours: results.peer.map(() => first), peer: results.peer };
  const line = { unit: 'ms', peer: PEER };
  return [
    comparison(results, ({ ms }) => ms, { what: 'spawn to /ready 200, on existing data', ...line }),
    comparison(onNoData, ({ ms }) => ms, {
      what: 'the same, the very first start (makes the database)',
      ...line,
    }),
  ];
}

async function measure(server) {
  const ms = await server.ready();
  await server.stop();
  return { ms };
}

// GET /api/history, 300 bars: requests a second against a server that sends the same bytes from memory.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { comparison, interleave } from '../kit/compare.mjs';
import { steadyTradeFile } from '../kit/made-files.mjs';
import { inBench, temporaryFolder } from '../kit/paths.mjs';
import { ask, runLoad, startPeer, startProduct } from '../kit/processes.mjs';

const SYMBOL = 'SYMA';
const BARS = 300;
const MINUTES = 720;
const PEER = 'bare Node http server';

export default async function run({ quick }) {
  const folder = temporaryFolder('history');
  const server = await startProduct({
    DATA_DIR: path.join(folder, 'data'),
    FEED: 'file',
    FEED_FILES: steadyTradeFile(folder, SYMBOL, MINUTES * 60),
    FEED_SPEED: 'max',
  });
  await server.ready();
  const newest = `/api/history?symbol=${SYMBOL}&timeframe=1m&limit=${BARS}`;
  await server.until(
    `/api/history?symbol=${SYMBOL}&timeframe=1d&limit=1`,
    ({ body }) => body.length > '[]'.length,
  );
  const { body } = await ask(server.base + newest);
  const bars = JSON.parse(body.toString());
  if (bars.length !== BARS) throw new Error(`${bars.length} bars instead of ${BARS}`);
  const file = path.join(folder, 'answer.json');
  writeFileSync(file, body);
  const peer = await startPeer(inBench('peers/bare-bytes.mjs'), [file]);
  await peer.until('/');

  const rounds = quick ? 3 : 7;
  const same = await interleave({
    rounds,
    ours: () => load(server, [newest], quick),
    peer: () => load(peer, [newest], quick),
  });
  // Windows of 300 bars that end at another bar each: every answer is made anew out of the ring.
  const windows = bars.map(({ seq }) => `${newest}&before=${seq}`);
  const anew = await interleave({
    rounds: Math.ceil(rounds / 2),
    ours: () => load(server, windows, quick),
    peer: () => load(peer, windows, quick),
  });
  await Promise.all([server.stop(), peer.stop()]);
  return [
    comparison(same, ({ requestsPerS }) => requestsPerS, {
      what: `${BARS} newest bars, the chart everybody asks for`,
      unit: 'requests/s',
      peer: PEER,
      bound: { atLeast: 0.6 },
    }),
    comparison(same, ({ cpuUsPerRequest }) => cpuUsPerRequest, {
      what: 'the same: server CPU per request',
      unit: 'us',
      peer: PEER,
    }),
    comparison(anew, ({ requestsPerS }) => requestsPerS, {
      what: `${BARS} bars that end at any of ${windows.length} bars`,
      unit: 'requests/s',
      peer: PEER,
    }),
  ];
}

function load(server, paths, quick) {
  return runLoad(inBench('load/http-clients.mjs'), {
    port: server.port,
    serverPid: server.pid,
    paths,
    connections: 16,
    warmUpRequests: 1_000,
    requests: quick ? 4_000 : 12_000,
  });
}

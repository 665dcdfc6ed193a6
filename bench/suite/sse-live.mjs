// The live stream to as many clients as one instance takes: how late events arrive.
import path from 'node:path';
import { comparison, interleave } from '../kit/compare.mjs';
import { steadyTradeFile, symbolNames } from '../kit/made-files.mjs';
import { inBench, temporaryFolder } from '../kit/paths.mjs';
import { startPeer, startProduct } from '../kit/processes.mjs';
import { watchStreams } from '../kit/watch-streams.mjs';

const CLIENTS = 2_000;
const SYMBOLS = 10;
const PERIOD_MS = 250;
const TAPE_S = 900;
/** What the desk promises. */
const LATEST_MS = 250;
const PEER = 'bare Node server, one shared buffer';

export default async function run({ quick }) {
  const folder = temporaryFolder('sse-live');
  const symbols = symbolNames(SYMBOLS);
  const server = await startProduct({
    DATA_DIR: path.join(folder, 'data'),
    FEED: 'file',
    FEED_FILES: symbols.map((symbol) => steadyTradeFile(folder, symbol, TAPE_S)).join(','),
    FEED_SPEED: '1',
    MICROBAR_MS: String(PERIOD_MS),
    SSE_MAX_CLIENTS: String(CLIENTS),
  });
  const peer = await startPeer(inBench('peers/bare-sse.mjs'), [String(SYMBOLS), String(PERIOD_MS)]);
  await Promise.all([server.ready(), peer.ready()]);

  const load = {
    clients: CLIENTS,
    symbols: SYMBOLS,
    periodMs: PERIOD_MS,
    settleMs: 3_000,
    measureMs: quick ? 4_000 : 10_000,
  };
  const stream = `/realtime/sse?timeframe=1m&symbols=${symbols.join(',')}`;
  const results = await interleave({
    rounds: quick ? 1 : 5,
    ours: () => watchStreams(server, stream, load),
    peer: () => watchStreams(peer, '/', load),
  });
  await Promise.all([server.stop(), peer.stop()]);
  const what = `${CLIENTS} clients x ${SYMBOLS} symbols x ${1_000 / PERIOD_MS} Hz`;
  const promised = { ours: results.ours, peer: results.ours.map(() => ({ p99Ms: LATEST_MS })) };
  return [
    comparison(promised, ({ p99Ms }) => p99Ms, {
      what: `${what}: lateness of arrival, p99`,
      unit: 'ms',
      peer: 'the promise',
      bound: { atMost: 1 },
    }),
    comparison(results, ({ p99Ms }) => p99Ms, {
      what: 'the same, beside a server that does nothing else',
      unit: 'ms',
      peer: PEER,
      bound: { atMost: 1.5 },
    }),
    comparison(results, ({ cpuUsPerEvent }) => cpuUsPerEvent, {
      what: 'the same: server CPU per event',
      unit: 'us',
      peer: PEER,
    }),
  ];
}

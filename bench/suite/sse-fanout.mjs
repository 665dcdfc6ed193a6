// The live stream to 500 clients: server CPU per delivered event, and how late events arrive.
import path from 'node:path';
import { comparison, interleave } from '../kit/compare.mjs';
import { steadyTradeFile, symbolNames } from '../kit/made-files.mjs';
import { inBench, temporaryFolder } from '../kit/paths.mjs';
import { startPeer, startProduct } from '../kit/processes.mjs';
import { watchStreams } from '../kit/watch-streams.mjs';

const CLIENTS = 500;
const SYMBOLS = 10;
const PERIOD_MS = 100;
const TAPE_S = 900;
const PEER = 'bare Node server, one shared buffer';

export default async function run({ quick }) {
  const folder = temporaryFolder('sse-fanout');
  const symbols = symbolNames(SYMBOLS);
  const server = await startProduct({
    DATA_DIR: path.join(folder, 'data'),
    FEED: 'file',
    FEED_FILES: symbols.map((symbol) => steadyTradeFile(folder, symbol, TAPE_S)).join(','),
    FEED_SPEED: '1',
    MICROBAR_MS: String(PERIOD_MS),
  });
  const peer = await startPeer(inBench('peers/bare-sse.mjs'), [String(SYMBOLS), String(PERIOD_MS)]);
  await Promise.all([server.ready(), peer.ready()]);

  const load = {
    clients: CLIENTS,
    symbols: SYMBOLS,
    periodMs: PERIOD_MS,
    settleMs: 1_500,
    measureMs: quick ? 3_000 : 6_000,
  };
  const stream = `/realtime/sse?timeframe=1m&symbols=${symbols.join(',')}`;
  const results = await interleave({
    rounds: quick ? 2 : 5,
    ours: () => watchStreams(server, stream, load),
    peer: () => watchStreams(peer, '/', load),
  });
  await Promise.all([server.stop(), peer.stop()]);
  return [
    comparison(results, ({ cpuUsPerEvent }) => cpuUsPerEvent, {
      what: `${CLIENTS} clients x ${SYMBOLS} symbols x ${1_000 / PERIOD_MS} Hz: server CPU per event`,
      unit: 'us',
      peer: PEER,
      bound: { atMost: 1.5 },
    }),
    comparison(results, ({ p99Ms }) => p99Ms, {
      what: 'the same: lateness of arrival, p99',
      unit: 'ms',
      peer: PEER,
      bound: { atMost: 1.5 },
    }),
    comparison(results, ({ p50Ms }) => p50Ms, {
      what: 'the same: lateness of arrival, median',
      unit: 'ms',
      peer: PEER,
    }),
    comparison(results, ({ bytesPerEvent }) => bytesPerEvent, {
      what: 'the same: bytes on the wire per event',
      unit: 'bytes',
      peer: PEER,
    }),
  ];
}

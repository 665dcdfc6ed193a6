import path from 'node:path';
import { interleave } from './compare.mjs';
import { steadyTradeFile, symbolNames } from './made-files.mjs';
import { inBench, temporaryFolder } from './paths.mjs';
import { runLoad, startPeer, startProduct } from './processes.mjs';

const SYMBOLS = 10;
/** Longer than any benchmark takes. */
const TAPE_S = 900;
/** Share of the events that must arrive. The first and the last flush may lie across the ends of the measurement. */
const LEAST_DELIVERED = 0.9;

/** What {@link liveStreams} compares with. */
export const LIVE_PEER = 'bare Node server, one shared buffer';

/**
 * The live stream, and that of a server that does nothing else, to so many clients, each on ten symbols with a forming bar
 * every `periodMs`. Throws where events are missing.
 *
 * @param load `{ clients, periodMs, settleMs, measureMs }`
 * @returns what the load was, for people, and the figures of every round
 */
export async function liveStreams(name, { rounds, ...load }) {
  const folder = temporaryFolder(name);
  const symbols = symbolNames(SYMBOLS);
  const periodMs = String(load.periodMs);
  const server = await startProduct({
    DATA_DIR: path.join(folder, 'data'),
    FEED: 'file',
    FEED_FILES: symbols.map((symbol) => steadyTradeFile(folder, symbol, TAPE_S)).join(','),
    FEED_SPEED: '1',
    MICROBAR_MS: periodMs,
    SSE_MAX_CLIENTS: String(load.clients),
  });
  const peer = await startPeer(inBench('peers/bare-sse.mjs'), [String(SYMBOLS), periodMs]);
  await Promise.all([server.ready(), peer.ready()]);
  const results = await interleave({
    rounds,
    ours: () => watch(server, `/realtime/sse?timeframe=1m&symbols=${symbols.join(',')}`, load),
    peer: () => watch(peer, '/', load),
  });
  await Promise.all([server.stop(), peer.stop()]);
  return { what: `${load.clients} clients x ${SYMBOLS} symbols x ${1_000 / load.periodMs} Hz`, results };
}

async function watch({ port, pid }, stream, load) {
  const options = { ...load, port, path: stream, serverPid: pid };
  const result = await runLoad(inBench('load/sse-clients.mjs'), options);
  const expected = load.clients * SYMBOLS * result.flushes;
  if (!(result.events >= LEAST_DELIVERED * expected))
    throw new Error(`of ${result.flushes} flushes ${result.events} events of ${expected} arrived`);
  return result;
}

import { inBench } from './paths.mjs';
import { runLoad } from './processes.mjs';

/** Share of the events that must arrive. The first and the last flush may lie across the ends of the measurement. */
const LEAST_DELIVERED = 0.9;

/**
 * What so many clients see of a stream, and what they cost the server. Throws where events are missing.
 *
 * @param load `{ clients, symbols, periodMs, settleMs, measureMs }`
 */
export async function watchStreams(server, stream, { symbols, ...load }) {
  const result = await runLoad(inBench('load/sse-clients.mjs'), {
    ...load,
    port: server.port,
    path: stream,
    serverPid: server.pid,
  });
  const expected = load.clients * symbols * result.flushes;
  if (!(result.events >= LEAST_DELIVERED * expected))
    throw new Error(`of ${result.flushes} flushes ${result.events} events of ${expected} arrived`);
  return result;
}

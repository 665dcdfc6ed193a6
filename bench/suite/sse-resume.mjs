// A resume storm: clients that all missed 300 bars on each of 10 symbols come back at the same moment.
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import path from 'node:path';
import { comparison, interleave } from '../kit/compare.mjs';
import { sparseTradeFile, symbolNames } from '../kit/made-files.mjs';
import { inBench, temporaryFolder } from '../kit/paths.mjs';
import { ask, runLoad, startPeer, startProduct } from '../kit/processes.mjs';

const SYMBOLS = 10;
const MISSED = 300;
const MINUTES = 420;
const EVENTS = SYMBOLS * MISSED;
const PEER = 'bare Node server, bytes made beforehand';

export default async function run({ quick }) {
  const folder = temporaryFolder('sse-resume');
  const symbols = symbolNames(SYMBOLS);
  const server = await startProduct({
    DATA_DIR: path.join(folder, 'data'),
    FEED: 'file',
    FEED_FILES: symbols.map((symbol) => sparseTradeFile(folder, symbol, MINUTES)).join(','),
    FEED_SPEED: 'max',
  });
  await server.ready();
  const holdsAll = ({ body }) => JSON.parse(body.toString()).length === 1;
  for (const symbol of symbols)
    await server.until(`/api/history?symbol=${symbol}&timeframe=1d&limit=1`, holdsAll);

  const stream = `/realtime/sse?timeframe=1m&symbols=${symbols.join(',')}`;
  const { lastEventId, missed } = await whatIsMissed(server, symbols, stream);
  const file = path.join(folder, 'missed.txt');
  writeFileSync(file, missed);
  const peer = await startPeer(inBench('peers/bare-stream.mjs'), [file]);
  await peer.ready();

  const clients = quick ? 200 : 1_000;
  const storm = (one) =>
    runLoad(inBench('load/resume-clients.mjs'), {
      port: one.port,
      path: stream,
      lastEventId,
      clients,
      events: EVENTS,
      serverPid: one.pid,
    });
  const results = await interleave({
    rounds: quick ? 2 : 5,
    ours: () => storm(server),
    peer: () => storm(peer),
  });
  await Promise.all([server.stop(), peer.stop()]);
  const what = `${clients} clients at once, ${MISSED} bars on ${SYMBOLS} symbols each`;
  return [
    comparison(results, ({ p99Ms }) => p99Ms, {
      what: `${what}: caught up, p99`,
      unit: 'ms',
      peer: PEER,
      bound: { atMost: 2 },
    }),
    comparison(results, ({ p50Ms }) => p50Ms, { what: 'the same: median', unit: 'ms', peer: PEER }),
    comparison(results, ({ cpuUsPerClient }) => cpuUsPerClient, {
      what: 'the same: server CPU per client',
      unit: 'us',
      peer: PEER,
    }),
  ];
}

/** The cursor of a client that missed the last bars, and the bytes it gets for it. */
async function whatIsMissed(server, symbols, stream) {
  const { body } = await ask(`${server.base}/api/history?symbol=${symbols[0]}&limit=${MISSED + 1}`);
  const bars = JSON.parse(body.toString());
  if (bars.length !== MISSED + 1) throw new Error(`${bars.length} bars on record instead of ${MISSED + 1}`);
  const before = bars[0].seq - 1;
  const all = await readEvents(`${server.base}${stream}&sinceSeq=${before}`, SYMBOLS * (MISSED + 1));
  const first = all.findIndex((text) => text.includes(`"seq":${bars[1].seq},`));
  const [, lastEventId] = /^id: (.+)$/m.exec(all[first - 1]);
  return { lastEventId, missed: all.slice(first).join('') };
}

/** So many finished bars off a stream, each as the text of its event. */
function readEvents(url, count) {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        const events = text
          .split(/(?<=\n\n)/)
          .filter((event) => /^event: bar$/m.test(event) && event.endsWith('\n\n'));
        if (events.length < count) return;
        request.destroy();
        resolve(events.slice(0, count));
      });
      response.on('error', () => undefined);
    });
    request.on('error', reject);
  });
}

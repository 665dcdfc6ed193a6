import { expect, test } from '@jest/globals';
import { eventually } from './kit/eventually.js';
import { get, logIn, METRICS_TOKEN, OVER_TLS, startLockedDesk } from './kit/locked-desk.js';
import { describeWithLan, Lan } from './kit/lan.js';
import type { RunningApp } from './kit/start-app.js';

const STREAMS = 10;

/** Opens streams and says how many have begun. Arguments: host, port, headers as JSON, how many. */
const CLIENTS = `
const [host, port, headers, count] = process.argv.slice(1);
let open = 0;
for (let i = 0; i < Number(count); i++) {
  require('node:http').get(
    { host, port, path: '/realtime/sse?symbols=ACME&timeframe=1m', headers: JSON.parse(headers), agent: false },
    (answer) => {
      console.log('open ' + answer.statusCode + ' ' + ++open);
      answer.on('error', () => undefined).resume();
    },
  ).on('error', () => undefined);
}
`;

interface StreamDiag {
  readonly clients: number;
  readonly cut: Readonly<Record<string, number>>;
}

async function streamsOf(app: RunningApp): Promise<StreamDiag> {
  const { text } = await get(app, '/api/diag', { Authorization: `Bearer ${METRICS_TOKEN}` });
  return (JSON.parse(text) as { stream: StreamDiag }).stream;
}

describeWithLan('clients on another host', () => {
  test('that vanish without a word are let go of', async () => {
    const lan = new Lan();
    const host = lan.addHost();
    const app = await startLockedDesk({ HOST: '0.0.0.0', SSE_HEARTBEAT_MS: '1000' });
    const headers = JSON.stringify({ ...OVER_TLS, Cookie: await logIn(app) });
    let said = '';
    host.run(CLIENTS, [lan.address, String(app.port), headers, String(STREAMS)], (text) => {
      said += text;
    });
    await eventually(async () => (await streamsOf(app)).clients === STREAMS, {
      what: `${STREAMS} streams; the clients say: ${said}`,
    });
    host.dropWhatGoesTo(lan.address);
    await eventually(async () => (await streamsOf(app)).clients === 0, {
      what: 'every stream to be let go of',
    });
    expect((await streamsOf(app)).cut).toMatchObject({ vanished: STREAMS, silent: 0, over_bound: 0 });
    expect(said.match(/open 200/g)).toHaveLength(STREAMS);
  });
});

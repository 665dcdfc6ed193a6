// 500 stocks at 50,000 trades a second, from a vendor's socket through the running server.
import { get } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { comparison } from '../kit/compare.mjs';
import { inBench, temporaryFolder } from '../kit/paths.mjs';
import { cpuUs, residentBytes } from '../kit/process-figures.mjs';
import { ask, startPeer, startProduct } from '../kit/processes.mjs';
import { median, quantile } from '../kit/statistics.mjs';

const SYMBOLS = 500;
const ON_A_LIST = 50;
const TRADES_PER_S = 50_000;
const SIZE = 100;
const WATCHED = 10;
const SETTLE_MS = 10_000;
const SUBSCRIBED_WITHIN_MS = 180_000;
/** The last minute is final when it is over and the grace is. */
const FINAL_AFTER_MS = 64_000;
/** What the desk promises. */
const LOOP_P99_MS = 50;
const LATEST_MS = 250;
const GROWTH = 1.1;

export default async function run({ quick }) {
  const measureMs = quick ? 15_000 : 60_000;
  const vendor = await startPeer(inBench('load/massive-server.mjs'));
  await vendor.ready();
  const symbols = Array.from({ length: SYMBOLS }, (_, i) => symbolOf(i));
  const server = await startProduct({
    DATA_DIR: path.join(temporaryFolder('feed-load'), 'data'),
    FEED: 'massive',
    MASSIVE_API_KEY: 'bench',
    MASSIVE_WS_URL: vendor.base.replace('http', 'ws'),
    MASSIVE_REST_URL: vendor.base,
    SYMBOLS: symbols.slice(0, ON_A_LIST).join(','),
  });
  await server.ready();
  for (let i = ON_A_LIST; i < SYMBOLS; i += ON_A_LIST) {
    await watch(server, `list ${i}`, symbols.slice(i, i + ON_A_LIST));
  }
  await subscribedAll(vendor);

  const stream = readStream(`${server.base}/realtime/sse?symbols=${symbols.slice(0, WATCHED).join(',')}`);
  await ask(`${vendor.base}/go?perSecond=${TRADES_PER_S}`);
  await sleep(SETTLE_MS);
  // The figure starts anew with every reading.
  await loopP99Ms(server);
  stream.latenessMs.length = 0;
  const before = { cpu: cpuUs(server.pid), told: sum(await toldBy(vendor)) };
  const memory = [];
  for (let passedMs = 0; passedMs < measureMs; passedMs += 500) {
    await sleep(500);
    memory.push(residentBytes(server.pid));
  }
  const loop = await loopP99Ms(server);
  const trades = sum(await toldBy(vendor)) - before.told;
  const cpuUsPerTrade = (cpuUs(server.pid) - before.cpu) / trades;
  const late = thirds(stream.latenessMs);
  const held = thirds(memory);
  stream.end();
  await ask(`${vendor.base}/go?perSecond=0`);
  const told = await toldBy(vendor);
  await sleep(FINAL_AFTER_MS);
  for (const symbol of symbols) await demandWhole(server, symbol, told[symbol] * SIZE);
  await Promise.all([server.stop(), vendor.stop()]);

  const what = `${SYMBOLS} symbols, ${Math.round(trades / (measureMs / 1_000) / 1_000)} k trades/s for ${measureMs / 1_000} s`;
  const line = (ours, theirs, rest) => comparison({ ours: [ours], peer: [theirs] }, (figure) => figure, rest);
  const MIB = 2 ** 20;
  return [
    line(loop, LOOP_P99_MS, {
      what: `${what}: event loop, p99`,
      unit: 'ms',
      peer: 'the promise',
      bound: { atMost: 1 },
    }),
    line(quantile(late.last, 0.99), LATEST_MS, {
      what: 'the same: from a trade to a stream, p99 of the last third',
      unit: 'ms',
      peer: 'the promise',
      bound: { atMost: 1 },
    }),
    line(median(held.last) / MIB, median(held.first) / MIB, {
      what: 'the same: memory of the last third',
      unit: 'MiB',
      peer: 'the first third',
      bound: { atMost: GROWTH },
    }),
    line(1e6 / cpuUsPerTrade, TRADES_PER_S, {
      what: 'the same: trades one core would take',
      unit: 'trades/s',
      peer: 'the load',
    }),
  ];
}

async function watch(server, name, symbols) {
  const answer = await fetch(`${server.base}/api/watchlists`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name, symbols }),
  });
  if (answer.status !== 201) throw new Error(`a watchlist was refused: ${await answer.text()}`);
}

async function subscribedAll(vendor) {
  const untilMs = performance.now() + SUBSCRIBED_WITHIN_MS;
  for (let subscribed = 0; subscribed < SYMBOLS; await sleep(200)) {
    ({ subscribed } = await json(`${vendor.base}/state`));
    if (performance.now() > untilMs) throw new Error(`only ${subscribed} symbols were subscribed`);
  }
}

/** No trade is lost on the way into the bars. */
async function demandWhole(server, symbol, volume) {
  const bars = await json(`${server.base}/api/history?symbol=${symbol}&limit=100`);
  const held = sum(Object.fromEntries(bars.map(({ bar_start, ohlcv }) => [bar_start, ohlcv.v])));
  if (held !== volume) throw new Error(`${symbol}: ${volume} traded, ${held} are in its bars`);
}

/** How late forming bars arrive after the newest trade in them. */
function readStream(url) {
  const latenessMs = [];
  const request = get(url, { agent: false }, (response) => {
    response.setEncoding('utf8').on('data', (text) => {
      const nowMs = Date.now();
      for (const [, ts] of text.matchAll(/^event: microbar\ndata: .*"ts":(\d+)\}$/gm))
        latenessMs.push(nowMs - Number(ts));
    });
  });
  request.on('error', () => undefined);
  return { latenessMs, end: () => request.destroy() };
}

async function loopP99Ms(server) {
  const { body } = await ask(`${server.base}/api/metrics`);
  const [, seconds] = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(body.toString()) ?? [];
  if (seconds === undefined) throw new Error('the server tells nothing of its event loop');
  return Number(seconds) * 1_000;
}

async function toldBy(vendor) {
  return (await json(`${vendor.base}/state`)).told;
}

async function json(url) {
  const answer = await ask(url);
  return JSON.parse(answer.body.toString());
}

function sum(figures) {
  return Object.values(figures).reduce((total, figure) => total + figure, 0);
}

function thirds(figures) {
  const third = Math.floor(figures.length / 3);
  if (third === 0) throw new Error('nothing was measured');
  return { first: figures.slice(0, third), last: figures.slice(-third) };
}

/** Four letters, as stocks have. */
function symbolOf(index) {
  const letter = (number) => String.fromCharCode(65 + (number % 26));
  return `Q${letter(Math.floor(index / 26))}${letter(index)}X`;
}

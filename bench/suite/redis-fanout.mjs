// Finished bars from the instance that holds the feed to the others, through a Redis Stream: how long they are on their way.
import { fork } from 'node:child_process';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { comparison, interleave } from '../kit/compare.mjs';
import { inBench, serverFile } from '../kit/paths.mjs';
import { startRedis } from '../kit/redis.mjs';
import { nowUs } from '../kit/shared-clock.mjs';
import { quantile } from '../kit/statistics.mjs';

const SYMBOLS = 10;
/** Short, so that a round has enough runs for its slowest hundredth to mean something. */
const PERIOD_MS = 10;
/** Runs that are sent before those that count. */
const WARM_UP_RUNS = 50;
const CAP = 20_000;
const PEER = 'bare XADD and XREAD';

export default async function run({ quick }) {
  const url = await startRedis();
  const runs = quick ? 200 : 500;
  let round = 0;
  const results = await interleave({
    rounds: quick ? 3 : 7,
    ours: async () =>
      figures(await send(url, 'ours', `ours-${round++}`, runs, await leader(url, `ours-${round - 1}`))),
    peer: async () =>
      figures(await send(url, 'bare', `bare-${round++}`, runs, bare(url, `bare-${round - 1}`))),
  });
  const lines = [
    ['p50Us', 'median', { atMost: 1.5 }],
    ['p99Us', 'p99', { atMost: 1.5 }],
  ];
  return lines.map(([figure, name, bound]) =>
    comparison(results, (result) => result[figure], {
      what: `${SYMBOLS} bars every ${PERIOD_MS} ms, leader to follower: ${name}`,
      unit: 'us',
      peer: PEER,
      bound,
    }),
  );
}

/** The log as the instance that holds the feed writes it: checked against the fence, each event under its own offset. */
async function leader(url, stream) {
  const { RedisLog } = await import(serverFile('market/shared/redis-log.js'));
  const { RedisLink } = await import(serverFile('persistence/redis-link.js'));
  const { WallClock } = await import(serverFile('common/clock.js'));
  const link = new RedisLink(url, new WallClock());
  while (!link.isUp) await sleep(5);
  const log = new RedisLog(link, stream, CAP);
  let offset = 0;
  return {
    send: (bars) =>
      log.append(
        bars.map((bar) => ({ offset: ++offset, bar })),
        'e000000000001',
        1,
      ),
    close: () => link.close(),
  };
}

function bare(url, stream) {
  const redis = new Redis(url);
  return {
    send: (bars) => {
      const pipeline = redis.pipeline();
      for (const bar of bars) pipeline.xadd(stream, 'MAXLEN', '~', CAP, '*', 'b', JSON.stringify(bar));
      return pipeline.exec();
    },
    close: () => redis.disconnect(),
  };
}

/** Sends runs of bars one after the other. Resolves with how long each bar took, in microseconds. */
async function send(url, mode, stream, runs, writer) {
  const events = (WARM_UP_RUNS + runs) * SYMBOLS;
  const reader = fork(inBench('load/redis-reader.mjs'), [JSON.stringify({ url, mode, stream, events })]);
  const ended = new Promise((_resolve, reject) => {
    reader.once('exit', (code) => reject(new Error(`the reader ended with ${code}`)));
  });
  ended.catch(() => undefined);
  const told = (isIt) =>
    new Promise((resolve) => reader.on('message', (message) => isIt(message) && resolve(message)));
  const result = told((message) => message.latenciesUs !== undefined);
  await Promise.race([told((message) => message === 'ready'), ended]);
  for (let run = 0; run < WARM_UP_RUNS + runs; run++) {
    const sentUs = nowUs();
    await writer.send(Array.from({ length: SYMBOLS }, (_, index) => barOf(index, run, sentUs)));
    await sleep(PERIOD_MS);
  }
  const { latenciesUs } = await Promise.race([result, ended]);
  writer.close();
  return latenciesUs.slice(WARM_UP_RUNS * SYMBOLS);
}

function barOf(symbolIndex, run, sentUs) {
  const barStartMs = (29_381_040 + run) * 60_000;
  return {
    symbol: `SYM${String.fromCharCode(65 + symbolIndex)}`,
    timeframe: '1m',
    seq: barStartMs / 60_000,
    prev_seq: barStartMs / 60_000 - 1,
    rev: 0,
    bar_start: barStartMs,
    bar_end: barStartMs + 60_000,
    ohlcv: { o: 100.25, h: 101.5, l: 99.75, c: 100.5, v: sentUs },
    vw: 100.4,
    n: 321,
  };
}

function figures(latenciesUs) {
  return { p50Us: quantile(latenciesUs, 0.5), p99Us: quantile(latenciesUs, 0.99) };
}

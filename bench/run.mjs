// The benchmarks, each beside its peers. `node bench/run.mjs [--quick] [name ...]`; see README.md.
import { fork } from 'node:child_process';
import { constants } from 'node:os';
import { inBench } from './kit/paths.mjs';
import { tableOf, writeResults } from './kit/report.mjs';

/** In this order: the quick ones first. */
const BENCHMARKS = [
  'bars',
  'rules',
  'replay',
  'journal-import',
  'vendor-frames',
  'feed-load',
  'file-to-store',
  'history',
  'sse-fanout',
  'sse-live',
  'sse-resume',
  'redis-fanout',
  'sse-memory',
  'cold-start',
  'page',
];
/** Those that take their time: only where they are named. */
const LONG_ONES = ['sse-soak'];

const args = process.argv.slice(2);
const quick = args.includes('--quick');
const asked = args.filter((arg) => arg !== '--quick');
const unknown = asked.filter((name) => ![...BENCHMARKS, ...LONG_ONES].includes(name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no benchmark ${unknown.join(', ')}. There are: ${[...BENCHMARKS, ...LONG_ONES].join(', ')}. The one option is --quick.\n`,
  );
  process.exit(2);
}

let running = null;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    running?.kill(signal);
    process.exit(128 + constants.signals[signal]);
  });
}

const startedAt = new Date();
const results = [];
const due =
  asked.length === 0 ? BENCHMARKS : [...BENCHMARKS, ...LONG_ONES].filter((name) => asked.includes(name));
for (const name of due) {
  process.stdout.write(`${name} ...\n`);
  const result = await runOne(name);
  results.push({ name, ...result });
  process.stdout.write(`${tableOf(results.slice(-1))}\n\n`);
}
const file = writeResults(results, { quick, startedAt });
process.stdout.write(`${tableOf(results)}\n\nWritten to ${file}\n`);
const isKept = results.every(
  ({ lines, failed }) => !failed && lines.every(({ verdict }) => verdict !== 'miss'),
);
process.exit(isKept ? 0 : 1);

function runOne(name) {
  return new Promise((resolve) => {
    running = fork(inBench('kit/run-one.mjs'), [name, JSON.stringify({ quick })], {
      execArgv: ['--expose-gc'],
    });
    running.once('message', resolve);
    // After a message this changes nothing: the first to resolve wins.
    running.once('exit', (code) =>
      resolve({ lines: [], failed: true, note: `failed (status ${code}), see above` }),
    );
  });
}

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { RESULTS, ROOT } from './paths.mjs';

const HEADINGS = ['benchmark', 'figure', 'ours', 'peer', 'ratio', 'rounds', 'required', ''];

/** The lines of all benchmarks as a table for the terminal. */
export function tableOf(results) {
  const rows = results.flatMap(({ name, lines, note }) => [
    ...lines.map((line) => [name, line.what, ...cellsOf(line)]),
    ...(note ? [[name, note, '', '', '', '', '', 'not run']] : []),
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(...[heading, ...rows.map((row) => row[column])].map((cell) => cell.length)),
  );
  const format = (row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [format(HEADINGS), rule, ...rows.map(format)].join('\n');
}

function cellsOf({ ours, theirs, peer, unit, ratio, ratios, bound, verdict }) {
  return [
    `${short(ours)} ${unit}`,
    `${short(theirs)} (${peer})`,
    ratio.toFixed(2),
    `${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)}`,
    boundText(bound),
    verdict === 'miss' ? 'MISS' : verdict,
  ];
}

function boundText(bound) {
  if (bound === null) return '';
  return bound.atLeast === undefined ? `<= ${bound.atMost}` : `>= ${bound.atLeast}`;
}

/** A number in at most four characters and a letter. */
function short(value) {
  if (value >= 1e6) return `${(value / 1e6).toPrecision(3)}M`;
  if (value >= 1e4) return `${(value / 1e3).toPrecision(3)}k`;
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Writes everything that was measured, with what it was measured on. Returns the file. */
export function writeResults(results, { quick, startedAt }) {
  mkdirSync(RESULTS, { recursive: true });
  const file = path.join(RESULTS, `${startedAt.toISOString().replaceAll(':', '-').slice(0, 19)}.json`);
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
  };
  const content = { startedAt, quick, commit: commit(), machine, results };
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  return file;
}

function commit() {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { cwd: ROOT, stdio: 'pipe' })
      .toString()
      .trim();
  } catch {
    return null; // Not a checkout: a tarball has no history.
  }
}

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The project's folder. */
export const ROOT = path.resolve(import.meta.dirname, '../..');
/** The built server. */
export const SERVER_ENTRY = path.join(ROOT, 'dist/server/src/main.js');
/** The built dashboard. */
export const CLIENT_ENTRY = path.join(ROOT, 'dist/client/browser/index.html');
/** A built library by name, as a file that can be imported. */
export const libEntry = (name) => path.join(ROOT, 'dist/libs', name, 'src/index.js');

/** A file of the built server that can be imported. */
export const serverFile = (name) => path.join(ROOT, 'dist/server/src', name);

const BENCH = path.join(ROOT, 'bench');
export const RESULTS = path.join(BENCH, 'results');
/** Path of a script inside the benchmark package. */
export const inBench = (...parts) => path.join(BENCH, ...parts);

/** Real trade files, where the project has them beside it; the benchmarks make their own trades otherwise. */
const TICKS = path.resolve(ROOT, process.env.BENCH_DATA ?? '../shared/data', 'ticks');

/** Trade files of a symbol from the data folder, ascending by date; none where there is no such folder. */
export function realTradeFiles(symbol) {
  if (!existsSync(TICKS)) return [];
  const names = readdirSync(TICKS).filter((name) => name.startsWith(`lean-${symbol}-`));
  return names.sort().map((name) => path.join(TICKS, name));
}

/** A folder that is gone when the process ends. */
export function temporaryFolder(name) {
  const folder = mkdtempSync(path.join(tmpdir(), `spotlight-bench-${name}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

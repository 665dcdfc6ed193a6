import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { at, CLIENT_ENTRY, ROOT, SERVER_ENTRY } from './paths.mjs';

/** What each part is built from. Content counts, not file times: a fresh clone has new times everywhere. */
const PARTS = {
  server: {
    entry: SERVER_ENTRY,
    inputs: ['server', 'libs', 'tsconfig.json', 'nest-cli.json', 'package-lock.json', 'tools/build.mjs'],
  },
  client: {
    entry: CLIENT_ENTRY,
    inputs: ['client', 'libs', 'tsconfig.json', 'angular.json', 'package-lock.json', 'tools/build.mjs'],
  },
};

const IGNORED = /(^|[\\/])(node_modules|dist|\.angular|coverage)$|\.(spec|suite)\.ts$/;

const stampFile = (part) => at('dist/.stamps', part);

/** Whether the built `part` (`server` or `client`) matches its inputs. */
export function isFresh(part) {
  const stamp = stampFile(part);
  return existsSync(PARTS[part].entry) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digestOf(part);
}

/** Forgets the build of `part`: from here until {@link markFresh} whoever asks is told that it is stale. */
export function markStale(part) {
  rmSync(stampFile(part), { force: true });
}

/** Records that the build of `part` matches the inputs whose {@link digestOf} was taken before it began. */
export function markFresh(part, digest) {
  mkdirSync(at('dist/.stamps'), { recursive: true });
  writeFileSync(stampFile(part), digest);
}

/** Digest of names and contents of everything `part` is built from. */
export function digestOf(part) {
  const hash = createHash('sha256');
  for (const file of PARTS[part].inputs.flatMap((input) => filesUnder(at(input)))) {
    hash
      .update(`${path.relative(ROOT, file)}\n`)
      .update(readFileSync(file))
      .update('\n');
  }
  return hash.digest('hex');
}

/** Files at or below a path, sorted by name. A path that does not exist has none. */
function filesUnder(start) {
  if (!existsSync(start) || IGNORED.test(start)) return [];
  let entries;
  try {
    entries = readdirSync(start, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return [start];
    throw error;
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const full = path.join(start, entry.name);
      if (entry.isDirectory()) return filesUnder(full);
      return IGNORED.test(full) ? [] : [full];
    });
}

// `node tools/lock-file.mjs [--fix]`: whether package-lock.json names the binaries of every platform.
//
// npm leaves a package for another platform out of the lock file when the registry it asks does not carry it, and
// `npm ci` then refuses that lock file everywhere. Versions of such packages are exact, so they can be filled in
// offline; --fix does it.
import { readFileSync, writeFileSync } from 'node:fs';
import { at } from './lib/paths.mjs';
import { say } from './lib/run.mjs';

const FILE = at('package-lock.json');
const SYSTEMS = [
  'darwin',
  'linux',
  'win32',
  'freebsd',
  'netbsd',
  'openbsd',
  'android',
  'openharmony',
  'sunos',
  'aix',
];
const PROCESSORS = [
  'arm64',
  'x64',
  'ia32',
  'ppc64',
  's390x',
  'riscv64',
  'loong64',
  'mips64el',
  'wasm32',
  'arm',
];

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const missing = missingPackages(lock.packages);

if (missing.size === 0) {
  say('package-lock.json is complete.');
} else if (process.argv.includes('--fix')) {
  const entries = Object.entries({ ...lock.packages, ...Object.fromEntries(missing) });
  lock.packages = Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
  say(`Added ${missing.size} packages of other platforms to package-lock.json.`);
} else {
  say(`package-lock.json lacks ${[...missing.keys()].join(', ')}.\nRun: node tools/lock-file.mjs --fix`);
  process.exitCode = 1;
}

/** Optional packages that some package names and the lock file does not hold, by the place they belong to. */
function missingPackages(packages) {
  const found = new Map();
  for (const [place, owner] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
      if (!isHeld(packages, place, name)) found.set(`node_modules/${name}`, entryOf(name, version, owner));
    }
  }
  return found;
}

/** Whether a package at `place` finds `name` beside or above it, as Node looks for it. */
function isHeld(packages, place, name) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
  }
}

function entryOf(name, version, owner) {
  const cpu = PROCESSORS.find((processor) => name.includes(processor));
  const os = SYSTEMS.find((system) => name.includes(system));
  return {
    version,
    ...(cpu && { cpu: [cpu] }),
    ...(owner.dev && { dev: true }),
    ...(owner.license && { license: owner.license }),
    optional: true,
    ...(os && { os: [os] }),
  };
}

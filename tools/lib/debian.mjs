import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run, StepError } from './run.mjs';

/** Always there, or of no use without an install. */
const NOT_NEEDED = new Set(['libc6', 'adduser']);

/**
 * Unpacks Debian packages (or those of a system made from it), with the libraries they need and the system lacks, into
 * `folder`: as any user, without installing. A folder that is there already is left alone. Throws {@link StepError}
 * with apt's words where that is not possible.
 */
export async function unpackDebian(packages, folder) {
  if (existsSync(folder)) return;
  mkdirSync(path.dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  try {
    const files = await download(packages, work);
    for (const file of files) await mustRun('dpkg', ['-x', file, path.join(work, 'root')], work);
    renameSync(path.join(work, 'root'), folder);
  } catch (error) {
    // Somebody else was faster: theirs is as good.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Folders of an unpacked tree that hold shared libraries, as `LD_LIBRARY_PATH` wants them. */
export function libraryPath(folder) {
  const roots = ['lib', 'usr/lib'].map((name) => path.join(folder, name)).filter((root) => existsSync(root));
  const nested = roots.flatMap((root) =>
    readdirSync(root)
      .filter((name) => name.includes('-linux-'))
      .map((name) => path.join(root, name)),
  );
  return [...nested, ...roots].join(path.delimiter);
}

/** Downloads with the system's lists of packages; where they are missing or too old, with fresh ones of its own. */
async function download(packages, work) {
  const options = [
    '-o',
    'APT::Sandbox::User=',
    '-o',
    'Acquire::Retries=1',
    '-o',
    'Acquire::http::Timeout=20',
  ];
  const first = await tryDownload(packages, work, options);
  if (first !== undefined) return first;
  const own = path.join(work, 'apt');
  for (const name of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(path.join(own, name), { recursive: true });
  const ownOptions = [
    ...options,
    ...['-o', `Dir::State::lists=${path.join(own, 'lists')}`, '-o', `Dir::Cache=${path.join(own, 'cache')}`],
  ];
  await mustRun('apt-get', [...ownOptions, 'update'], work);
  const second = await tryDownload(packages, work, ownOptions);
  if (second !== undefined) return second;
  throw new StepError(`apt-get cannot download ${packages.join(' ')}`);
}

async function tryDownload(packages, work, options) {
  // A set hands out what is added while it is gone through: libraries of libraries come along.
  const needed = new Set(packages);
  for (const name of needed) {
    if (!packages.includes(name) && !/^lib(?!js-)/.test(name)) continue;
    for (const dependency of await dependencies(name, work, options)) needed.add(dependency);
  }
  const debs = mkdtempSync(path.join(work, 'debs-'));
  const { status } = await run('apt-get', [...options, 'download', ...needed], { cwd: debs });
  return status === 0 ? readdirSync(debs).map((file) => path.join(debs, file)) : undefined;
}

/** Direct dependencies that are not installed. */
async function dependencies(name, work, options) {
  const { output } = await run('apt-cache', [...options, 'depends', '--important', name], { cwd: work });
  const names = [...output.matchAll(/^ {2}Depends: ([a-z0-9][a-z0-9.+-]*)$/gm)].map(([, found]) => found);
  const missing = [];
  for (const found of names.filter((one) => !NOT_NEEDED.has(one))) {
    const { status, output: state } = await run('dpkg-query', ['-W', '-f', '${db:Status-Status}', found]);
    if (status !== 0 || state !== 'installed') missing.push(found);
  }
  return missing;
}

async function mustRun(command, args, cwd) {
  const { status, output } = await run(command, args, { cwd });
  if (status !== 0) throw new StepError(`${command} ended with ${status}: ${output.trim().slice(-500)}`);
}

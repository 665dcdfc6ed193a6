import { existsSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { libraryPath, unpackDebian } from './debian.mjs';
import { at } from './paths.mjs';
import { run, StepError } from './run.mjs';

const CACHE = at('node_modules/.cache/test-programs');

/** How each program that only tests need is found. */
const FINDERS = {
  redis: findRedis,
  faketime: findFaketime,
  promtool: findPromtool,
  nft: () => findTool('nft', ['nftables', 'libnftables1'], '--version'),
  haproxy: () => findTool('haproxy', ['haproxy'], '-v'),
  nginx: () => findTool('nginx', ['nginx'], '-v'),
};

/** Names that {@link findTestProgram} knows. */
export const TEST_PROGRAMS = Object.keys(FINDERS);

/**
 * Finds a program that tests need and that npm does not carry: the system's own, else Debian's package, fetched once
 * without installing it. Resolves with `{ program, env }`: its absolute path (of a library for `faketime`) and what it
 * needs in its environment. Throws {@link StepError} with the reason where it cannot be had.
 */
export async function findTestProgram(name) {
  const find = FINDERS[name];
  if (!find)
    throw new StepError(`There is no test program "${name}"; there are ${TEST_PROGRAMS.join(', ')}.`);
  return find();
}

async function findRedis() {
  for (const name of ['redis-server', 'valkey-server']) {
    const program = onPath(name);
    if (program && (await answers(program, {}))) return { program, env: {} };
  }
  const folder = path.join(CACHE, 'redis');
  await unpackDebian(['redis-tools'], folder);
  // Debian ships the server under the name of the checker; what it is depends on the name it is called by.
  const program = path.join(folder, 'usr/bin/redis-server');
  if (!existsSync(program)) symlinkUnlessThere('redis-check-rdb', program);
  const env = { LD_LIBRARY_PATH: libraryPath(folder) };
  if (await answers(program, env)) return { program, env };
  throw new StepError(`${program} does not run; install redis-server or valkey-server`);
}

async function findFaketime() {
  const folder = path.join(CACHE, 'faketime');
  const inSystem = libraryIn('/');
  if (inSystem) return { program: inSystem, env: {} };
  await unpackDebian(['libfaketime'], folder);
  const program = libraryIn(folder);
  if (program) return { program, env: {} };
  throw new StepError('the package libfaketime holds no libfaketime.so.1; install libfaketime');
}

async function findPromtool() {
  const inSystem = onPath('promtool');
  if (inSystem) return { program: inSystem, env: {} };
  const folder = path.join(CACHE, 'promtool');
  await unpackDebian(['prometheus'], folder);
  const program = path.join(folder, 'usr/bin/promtool');
  if (existsSync(program)) return { program, env: {} };
  throw new StepError('the package prometheus holds no promtool; install prometheus');
}

/** A program in the folder `usr/sbin` of the packages; those it needs libraries of are named as well. */
async function findTool(name, packages, versionFlag) {
  const inSystem = onPath(name);
  if (inSystem) return { program: inSystem, env: {} };
  const folder = path.join(CACHE, name);
  await unpackDebian(packages, folder);
  const program = path.join(folder, 'usr/sbin', name);
  const env = { LD_LIBRARY_PATH: libraryPath(folder) };
  const { status, output } = await run(program, [versionFlag], { env: { ...process.env, ...env } });
  if (status === 0) return { program, env };
  throw new StepError(`${program} does not run: ${output.trim().slice(-300)}; install ${packages[0]}`);
}

function libraryIn(root) {
  return libraryPath(root)
    .split(path.delimiter)
    .map((folder) => path.join(folder, 'faketime/libfaketime.so.1'))
    .find((file) => existsSync(file));
}

function onPath(name) {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file));
}

async function answers(program, env) {
  const { status, output } = await run(program, ['--version'], { env: { ...process.env, ...env } });
  return status === 0 && / server v=/i.test(output);
}

function symlinkUnlessThere(target, link) {
  try {
    symlinkSync(target, link);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

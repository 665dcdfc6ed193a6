import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { transformFileSync } from '@swc/core';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { StartupError } from '../common/errors.js';
import { takeDataDir } from './data-dir.js';

/** Takes the folder as soon as it is told to, says how that went, and holds it until it is killed. */
const HOLDER = `
  import { takeDataDir } from './server/src/persistence/data-dir.js';
  process.stdin.once('data', () => {
    try {
      takeDataDir(process.argv[2]);
      console.log('taken');
    } catch (thrown) {
      console.log(thrown.message);
      process.exit(1);
    }
  });
  console.log('ready');
  setInterval(() => undefined, 1_000);
`;

/** A pid that nobody has: above the largest the system gives out. */
const DEAD_PID = 2 ** 22 + 1;

async function end(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('the data folder', () => {
  let folder: string;
  let dir: string;
  let lockFile: string;
  const children: ChildProcessWithoutNullStreams[] = [];

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'spotlight-data-dir-'));
    dir = path.join(folder, 'data');
    lockFile = path.join(dir, 'server.lock');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await end(child);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Another process that takes the folder when told to. */
  async function rival(): Promise<{ take: () => Promise<string>; kill: () => Promise<void>; pid: number }> {
    const program = path.join(folder, 'holder.mjs');
    if (!existsSync(program)) {
      for (const file of ['server/src/persistence/data-dir', 'server/src/common/errors']) {
        const { code } = transformFileSync(`${file}.ts`, {
          jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        });
        mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
        writeFileSync(path.join(folder, `${file}.js`), code);
      }
      writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
      writeFileSync(program, HOLDER);
    }
    const child = spawn(process.execPath, [program, dir]);
    children.push(child);
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const nextLine = async (): Promise<string> => String((await lines.next()).value);
    expect(await nextLine()).toBe('ready');
    return {
      take: () => {
        child.stdin.write('now\n');
        return nextLine();
      },
      kill: () => end(child),
      pid: child.pid ?? 0,
    };
  }

  /** The one line a person reads, or `taken`. */
  function outcome(): string {
    try {
      takeDataDir(dir);
      return 'taken';
    } catch (thrown) {
      if (!(thrown instanceof StartupError)) throw thrown;
      expect(thrown.exitCode).toBe(1);
      return thrown.message;
    }
  }

  it('is made where there is none, for its owner alone, and given back on release', () => {
    const release = takeDataDir(dir);
    expect(statSync(dir).mode & 0o077).toBe(0);
    expect(readFileSync(lockFile, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    release();
    expect(readdirSync(dir)).toEqual([]);
    release();
  });

  it('is refused while another process holds it, and free once that one is killed', async () => {
    const other = await rival();
    expect(await other.take()).toBe('taken');
    expect(outcome()).toBe(
      `DATA_DIR=${dir}: in use by process ${other.pid}. Stop that one, or name another folder.`,
    );
    expect(readFileSync(lockFile, 'utf8')).toMatch(new RegExp(`^${other.pid} `));
    await other.kill();
    expect(outcome()).toBe('taken');
  });

  it('is refused to this very process as well while it holds it', () => {
    const release = takeDataDir(dir);
    expect(outcome()).toContain(`in use by process ${process.pid}`);
    release();
    expect(outcome()).toBe('taken');
  });

  it.each([
    ['of a process that is gone', `${DEAD_PID} 12345\n`],
    ['whose pid another process has by now', `${process.ppid} 1\n`],
    ['from before the container was made anew, with our own pid', `${process.pid} 1\n`],
    ['that was never finished', ''],
    ['that holds nonsense', 'nobody knows\n'],
    ['of process 0', '0 0\n'],
  ])('with a lock %s is taken over', (_whose, lock) => {
    mkdirSync(dir);
    writeFileSync(lockFile, lock);
    expect(outcome()).toBe('taken');
    expect(readFileSync(lockFile, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    expect(readdirSync(dir)).toEqual(['server.lock']);
  });

  it('goes to exactly one of several that start at once on the lock of a dead process', async () => {
    for (let round = 0; round < 3; round++) {
      mkdirSync(dir, { recursive: true });
      writeFileSync(lockFile, `${DEAD_PID} 12345\n`);
      const rivals = await Promise.all([1, 2, 3].map(() => rival()));
      const outcomes = await Promise.all(rivals.map(({ take }) => take()));
      expect(outcomes.filter((one) => one === 'taken')).toHaveLength(1);
      for (const { kill } of rivals) await kill();
      rmSync(dir, { recursive: true });
    }
  });

  it('that cannot be made says so, with what to do', () => {
    // Root may write anywhere; under a file nobody may.
    writeFileSync(path.join(folder, 'file'), '');
    dir = path.join(folder, 'file', 'data');
    expect(outcome()).toMatch(
      /^DATA_DIR=.*: cannot be written \(ENOTDIR.*\)\. Name a folder this user may write to\.$/,
    );
  });

  it('that is a file says so', () => {
    writeFileSync(dir, '');
    expect(outcome()).toMatch(/cannot be written \(EEXIST.*\)\. Name a folder/);
  });

  it('is not given back by one who lost it: the lock of the next one stays', () => {
    const release = takeDataDir(dir);
    writeFileSync(lockFile, `${process.ppid} \n`);
    release();
    expect(readFileSync(lockFile, 'utf8')).toBe(`${process.ppid} \n`);
  });
});

import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** A program that only tests need and that npm does not carry. */
export type TestProgramName = 'redis' | 'faketime' | 'promtool' | 'nft' | 'haproxy' | 'nginx';

/** Where such a program is. */
export interface TestProgram {
  /** Absolute path; of the library to be preloaded for `faketime`. */
  readonly program: string;
  /** What it needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
}

const FETCH_LIMIT_MS = 120_000;
const known = new Map<TestProgramName, TestProgram | string>();

/** Finds a program of the system or fetches it without installing. Gives a text with the reason where it cannot be had. */
export function findTestProgram(name: TestProgramName): TestProgram | string {
  const found = known.get(name) ?? ask(name);
  known.set(name, found);
  return found;
}

function ask(name: TestProgramName): TestProgram | string {
  try {
    const output = execFileSync(process.execPath, [path.resolve('tools/test-program.mjs'), name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: FETCH_LIMIT_MS,
    });
    return JSON.parse(output) as TestProgram;
  } catch (thrown) {
    const { stderr = '' } = thrown as { stderr?: string };
    return stderr.trim() || (thrown as Error).message;
  }
}

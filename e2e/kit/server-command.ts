import { execFile } from 'node:child_process';
import path from 'node:path';

/** How a command ended and what it wrote. */
export interface CommandEnd {
  readonly code: number;
  readonly text: string;
}

/** Runs a built command of the server (`audit/verify-bars`) to its end, with these settings and no others. */
export function runServerCommand(
  command: string,
  settings: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<CommandEnd> {
  const { PATH = '', HOME = '' } = process.env;
  const compiled = path.resolve(`dist/server/src/${command}.js`);
  return new Promise((resolve) => {
    const env = { PATH, HOME, ...settings };
    execFile(process.execPath, [compiled, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), text: stdout + stderr });
    });
  });
}

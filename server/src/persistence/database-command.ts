import { Logger } from '@nestjs/common';
import { messageOf, StartupError } from '../common/errors.js';
import { parseEnv, SettingsError, type Env } from '../config/env.schema.js';
import { takeDataDir } from './data-dir.js';
import { openDatabase, type OpenDatabase } from './open-database.js';

const EXIT_WRONG_SETTINGS = 78;

/** What a command may ask for: an open, migrated database. The command closes it. */
export type OpenOne = (upTo?: readonly string[]) => Promise<OpenDatabase>;

/**
 * Runs a command that works on the database beside or without the desk, and ends the process with its exit code. The
 * embedded database is one process's own; a desk that runs on it has to be stopped first, which the error says.
 * @param failure What to say first when it fails: "The bars could not be read."
 */
export async function runDatabaseCommand(
  failure: string,
  command: (open: OpenOne, env: Env) => Promise<number>,
): Promise<never> {
  Logger.overrideLogger(['error']);
  let release = (): void => undefined;
  let exitCode: number;
  try {
    const env = parseEnv(process.env);
    if (env.DATABASE_URL === undefined) release = takeDataDir(env.DATA_DIR);
    exitCode = await command((upTo) => openDatabase(env, upTo), env);
  } catch (thrown) {
    process.stderr.write(`${failure} ${messageOf(thrown)}\n`);
    exitCode = 1;
    if (thrown instanceof StartupError) exitCode = thrown.exitCode;
    if (thrown instanceof SettingsError) exitCode = EXIT_WRONG_SETTINGS;
  }
  release();
  process.exit(exitCode);
}

/** Progress on a terminal: one line that is written over. Nothing where nobody watches. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

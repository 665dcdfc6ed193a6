import { existsSync } from 'node:fs';
import { at, SERVER_ENTRY } from './paths.mjs';

/** What Node is told besides the file to run: stack traces that name the TypeScript lines. */
export const SERVER_ARGS = ['--enable-source-maps', SERVER_ENTRY];

/** Settings in `.env` count as set in the environment; what is already set there comes first. */
export function loadSettingsFile() {
  if (existsSync(at('.env'))) process.loadEnvFile(at('.env'));
}

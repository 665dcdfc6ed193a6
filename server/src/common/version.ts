import { readFileSync } from 'node:fs';
import { PROJECT_ROOT } from './project-root.js';

/** The version in package.json. */
export const VERSION: string = (
  JSON.parse(readFileSync(new URL('package.json', PROJECT_ROOT), 'utf8')) as { version: string }
).version;

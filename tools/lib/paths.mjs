import { existsSync } from 'node:fs';
import path from 'node:path';

/** The project's folder. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

/** Path inside the project, from its parts. */
export const at = (...parts) => path.join(ROOT, ...parts);

/** What a build leaves behind and the launcher starts. */
export const SERVER_ENTRY = at('dist/server/src/main.js');
export const CLIENT_ENTRY = at('dist/client/index.html');

/** Whether the dashboard's build is described yet (`ng build` needs it). */
export const hasClient = () => existsSync(at('angular.json'));

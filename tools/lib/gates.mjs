import { existsSync } from 'node:fs';
import { build, staleParts } from './build.mjs';
import { withBuildLock } from './lock.mjs';
import { projectNode, toolEnv } from './node.mjs';
import { at, ROOT, TOOLS } from './paths.mjs';
import { run, say } from './run.mjs';

const runNode = (...args) => run(projectNode(), args, { env: toolEnv() });

/** Folders whose imports are checked for direction and cycles; those that exist. */
const cruised = () => ['libs', 'server/src', 'client/src', 'e2e'].filter((folder) => existsSync(at(folder)));

/** TypeScript configurations of the client: those of application and tests, or the only one there is. */
function clientConfigs() {
  const existing = (names) => names.map((name) => `client/${name}`).filter((file) => existsSync(at(file)));
  const split = existing(['tsconfig.app.json', 'tsconfig.spec.json']);
  return split.length > 0 ? split : existing(['tsconfig.json']);
}

async function checkClientTypes() {
  const results = [];
  for (const config of clientConfigs()) {
    // The libraries lie outside the client's folder, which is where a configuration file thinks its sources end.
    results.push(await runNode(TOOLS.tsc, '-p', config, '--noEmit', '--rootDir', ROOT));
  }
  return {
    status: Math.max(...results.map(({ status }) => status)),
    output: results.map(({ output }) => output).join(''),
  };
}

async function generatedFiles() {
  await withBuildLock(() => build(staleParts(['server'])));
  return runNode(at('tools/env-example.mjs'), '--check');
}

/**
 * What the source itself must satisfy. Each gate resolves with `{ status, output }`. Ordered so that the slow ones
 * start first; every one of them runs by itself, so that one run shows all faults.
 */
export const GATES = [
  { name: 'lint rules (eslint)', check: () => runNode(TOOLS.eslint, '.', '--max-warnings=0') },
  { name: 'types (server, libs, e2e)', check: () => runNode(TOOLS.tsc, '-p', 'tsconfig.json') },
  { name: 'types (client)', isDue: () => clientConfigs().length > 0, check: checkClientTypes },
  { name: 'formatting (prettier)', check: () => runNode(TOOLS.prettier, '--check', '--log-level=warn', '.') },
  {
    name: 'import directions and cycles (dependency-cruiser)',
    check: () => runNode(TOOLS.depcruise, '--config', '.dependency-cruiser.mjs', ...cruised()),
  },
  { name: 'dead code and unused packages (knip)', check: () => runNode(TOOLS.knip, '--no-progress') },
  { name: 'tools (node:test)', check: () => runNode('--test', 'tools/**/*.test.mjs') },
  { name: 'lock file', check: () => runNode(at('tools/lock-file.mjs')) },
  { name: 'generated files', check: generatedFiles },
];

const AT_ONCE = 2;

/** Runs the gates, two at a time, and prints each one's verdict as it comes. Resolves with `[{ name, passed }]`. */
export async function runGates(gates = GATES) {
  const waiting = gates.filter((gate) => gate.isDue?.() ?? true);
  const verdicts = [];
  const worker = async () => {
    for (let gate = waiting.shift(); gate; gate = waiting.shift()) verdicts.push(await judge(gate));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return verdicts;
}

async function judge({ name, check }) {
  const startMs = performance.now();
  const { status, output } = await check().catch((error) => ({ status: 1, output: `${error.message}\n` }));
  const passed = status === 0;
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  say(`${passed ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (!passed) say(output.trimEnd().replace(/^/gm, '     '));
  return { name, passed };
}

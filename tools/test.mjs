// `npm test [-- [--only gates,unit,client,e2e] [pattern ...]]`: everything that must pass. The last line is the totals.
import { build, staleParts } from './lib/build.mjs';
import { GATES, runGates } from './lib/gates.mjs';
import { PROJECTS, runJest } from './lib/jest.mjs';
import { withBuildLock } from './lib/lock.mjs';
import { ensureReady } from './lib/ready.mjs';
import { failWith, say, StepError } from './lib/run.mjs';

const KINDS = ['gates', ...PROJECTS.map((project) => project.name)];
const totals = { passed: 0, failed: 0, skipped: 0, failures: [] };

try {
  const { kinds, patterns } = readArguments(process.argv.slice(2));
  await ensureReady([]);
  const projects = PROJECTS.filter(({ name, isDue }) => kinds.includes(name) && (isDue?.() ?? true));
  if (projects.some((project) => project.needsBuild)) await testThatItBuilds();
  if (kinds.includes('gates')) await testGates();
  for (const project of projects) await testProject(project, patterns);
  if (totals.passed + totals.failed === 0) count({ failed: 1, failures: ['no test ran'] });
  report();
} catch (error) {
  failWith(error);
}

function readArguments(args) {
  const only = args.indexOf('--only');
  const patterns = only < 0 ? args : args.toSpliced(only, 2);
  const byDefault = patterns.length > 0 ? KINDS.filter((kind) => kind !== 'gates') : KINDS;
  const kinds = only < 0 ? byDefault : (args[only + 1] ?? '').split(',');
  const unknown = kinds.filter((kind) => !KINDS.includes(kind));
  if (unknown.length > 0)
    throw new StepError(`--only takes a list of ${KINDS.join(', ')}, not "${unknown.join(',')}"`);
  return { kinds, patterns };
}

/** The build is the first test: whole processes are tested as they are shipped. */
async function testThatItBuilds() {
  try {
    await withBuildLock(() => build(staleParts()));
    count({ passed: 1 });
  } catch (error) {
    say(error.message);
    count({ failed: 1, failures: ['build'] });
  }
}

async function testGates() {
  say(`\nChecking the source (${GATES.length} gates) ...`);
  for (const { name, passed } of await runGates()) {
    count(passed ? { passed: 1 } : { failed: 1, failures: [name] });
  }
}

async function testProject(project, patterns) {
  say(`\nTesting: ${project.name} ...`);
  count(await runJest(project, patterns));
}

function count({ passed = 0, failed = 0, skipped = 0, failures = [] }) {
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += skipped;
  totals.failures.push(...failures);
}

function report() {
  const { passed, failed, skipped, failures } = totals;
  if (failures.length > 0) say(`\nFailed:\n${failures.map((name) => `  ${name}`).join('\n')}`);
  say(`\nTests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 ? 1 : 0;
}

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectNode, toolEnv } from './node.mjs';
import { hasClient, ROOT, TOOLS } from './paths.mjs';
import { run } from './run.mjs';

/** The Jest projects, in the order in which they run, with what each needs. */
export const PROJECTS = [
  { name: 'unit', args: ['--maxWorkers=100%'] },
  { name: 'client', isDue: hasClient, args: ['--maxWorkers=100%'] },
  // Whole processes, each of which takes a core at times: two files at once.
  { name: 'e2e', needsBuild: true, args: ['--maxWorkers=2'] },
];

/**
 * Runs one Jest project, its output on the terminal. Resolves with `{ passed, failed, skipped, failures }`: counts of
 * tests, and the names of those that failed. A suite that cannot run counts as one failed test; so does a project
 * that ran nothing, unless `patterns` picks some of its files.
 */
export async function runJest(project, patterns) {
  const folder = mkdtempSync(path.join(tmpdir(), 'spotlight-test-'));
  const report = path.join(folder, 'report.json');
  try {
    const { status } = await run(projectNode(), jestArgs(project, patterns, report), {
      env: toolEnv({ NODE_OPTIONS: nodeOptions(), NODE_ENV: 'test' }),
      inherit: true,
    });
    const totals = existsSync(report) ? readReport(report) : emptyTotals();
    const ranNothing = totals.passed + totals.failed + totals.skipped === 0;
    if (ranNothing && patterns.length === 0) addFailure(totals, `${project.name}: ran no test`);
    else if (status !== 0 && totals.failed === 0)
      addFailure(totals, `${project.name}: jest ended with ${status}`);
    return totals;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function jestArgs(project, patterns, report) {
  return [
    TOOLS.jest,
    '--selectProjects',
    project.name,
    ...['--json', '--outputFile', report],
    ...(patterns.length > 0 ? ['--passWithNoTests'] : []),
    ...project.args,
    ...(patterns.length > 0 ? ['--', ...patterns] : []),
  ];
}

/** Jest runs ES modules behind a flag; the note that the flag is experimental says nothing about this project. */
function nodeOptions() {
  const own = '--experimental-vm-modules --disable-warning=ExperimentalWarning';
  return [process.env.NODE_OPTIONS, own].filter(Boolean).join(' ');
}

const emptyTotals = () => ({ passed: 0, failed: 0, skipped: 0, failures: [] });

function addFailure(totals, name) {
  totals.failed += 1;
  totals.failures.push(name);
}

/** Totals of a report that Jest wrote with `--json`. */
export function readReport(file) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const totals = emptyTotals();
  totals.passed = report.numPassedTests;
  totals.skipped = report.numPendingTests + report.numTodoTests;
  for (const suite of report.testResults) {
    const suiteName = path.relative(ROOT, suite.name);
    const failed = suite.assertionResults.filter((test) => test.status === 'failed');
    for (const test of failed) addFailure(totals, `${suiteName}: ${test.fullName}`);
    if (suite.status === 'failed' && failed.length === 0)
      addFailure(totals, `${suiteName}: the suite did not run`);
  }
  return totals;
}

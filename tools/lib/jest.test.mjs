import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { readReport } from './jest.mjs';
import { at } from './paths.mjs';

test('counts tests, names failures, and counts a suite that did not run as one', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'spotlight-report-'));
  const file = path.join(folder, 'report.json');
  writeFileSync(
    file,
    JSON.stringify({
      numPassedTests: 3,
      numPendingTests: 1,
      numTodoTests: 1,
      testResults: [
        {
          name: at('a.spec.ts'),
          status: 'failed',
          assertionResults: [{ status: 'failed', fullName: 'adds' }],
        },
        { name: at('b.spec.ts'), status: 'failed', assertionResults: [] },
        { name: at('c.spec.ts'), status: 'passed', assertionResults: [{ status: 'passed', fullName: 'ok' }] },
      ],
    }),
  );
  try {
    assert.deepEqual(readReport(file), {
      passed: 3,
      failed: 2,
      skipped: 2,
      failures: ['a.spec.ts: adds', 'b.spec.ts: the suite did not run'],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { at } from './lib/paths.mjs';

function check(message) {
  const folder = mkdtempSync(path.join(tmpdir(), 'spotlight-message-'));
  const file = path.join(folder, 'COMMIT_EDITMSG');
  writeFileSync(file, message);
  const { status } = spawnSync(process.execPath, [at('tools/commit-message.mjs'), file]);
  rmSync(folder, { recursive: true });
  return status;
}

test('takes the conventional form and what git writes itself', () => {
  for (const message of [
    'feat: add a chart',
    'fix(stream): close a reader that is too slow\n\nBecause it never comes back.',
    'refactor(market,cache)!: move the ring',
    'Merge branch "x"',
    'fixup! feat: add a chart',
  ]) {
    assert.equal(check(message), 0, message);
  }
});

test('refuses everything else', () => {
  for (const message of [
    '',
    'Add a chart',
    'feature: add',
    'feat:no space',
    'feat: ends with a stop.',
    `feat: ${'x'.repeat(100)}`,
  ]) {
    assert.equal(check(message), 1, message);
  }
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { isInstalled } from './install.mjs';

let folder;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'spotlight-install-'));
  mkdirSync(path.join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name, packages) => writeFileSync(path.join(folder, name), JSON.stringify({ packages }));
const wanted = (packages) => write('package-lock.json', { '': {}, ...packages });
const installed = (packages) => write('node_modules/.package-lock.json', packages);

test('packages are installed when npm recorded all of them', () => {
  wanted({ 'node_modules/a': { version: '1.0.0', integrity: 'x' } });
  installed({ 'node_modules/a': { version: '1.0.0', integrity: 'x' } });
  assert.ok(isInstalled(folder));
});

test('an install that broke off has no record', () => {
  wanted({});
  assert.ok(!isInstalled(folder));
});

test('a package that is missing or of another version is not installed', () => {
  wanted({ 'node_modules/a': { version: '1.0.1' } });
  installed({});
  assert.ok(!isInstalled(folder));
  installed({ 'node_modules/a': { version: '1.0.0' } });
  assert.ok(!isInstalled(folder));
});

test('a binary for another platform may be missing', () => {
  wanted({ 'node_modules/a-win32': { version: '1.0.0', optional: true } });
  installed({});
  assert.ok(isInstalled(folder));
});

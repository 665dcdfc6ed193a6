import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { libraryPath, unpackDebian } from './debian.mjs';
import { StepError } from './run.mjs';

let folder;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'spotlight-debian-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('libraries are looked for where Debian puts them, those of the architecture first', () => {
  mkdirSync(path.join(folder, 'usr/lib/x86_64-linux-gnu'), { recursive: true });
  mkdirSync(path.join(folder, 'usr/lib/python3'));
  const expected = ['usr/lib/x86_64-linux-gnu', 'usr/lib'].map((name) => path.join(folder, name));
  assert.deepEqual(libraryPath(folder).split(path.delimiter), expected);
});

test('what is unpacked already is left alone', async () => {
  const there = path.join(folder, 'there');
  mkdirSync(there);
  await unpackDebian(['no-such-package-anywhere'], there);
  assert.deepEqual(readdirSync(there), []);
});

test('without apt the reason is told and nothing is left behind', async () => {
  const { PATH } = process.env;
  process.env.PATH = folder;
  try {
    await assert.rejects(unpackDebian(['redis-tools'], path.join(folder, 'cache/redis')), StepError);
  } finally {
    process.env.PATH = PATH;
  }
  assert.ok(!existsSync(path.join(folder, 'cache/redis')));
  assert.deepEqual(readdirSync(path.join(folder, 'cache')), []);
});

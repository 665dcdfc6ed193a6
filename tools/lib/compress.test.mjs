import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { compressFiles } from './compress.mjs';

test('text files get two smaller copies with the same content; others and short ones none', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'spotlight-compress-'));
  try {
    const text = 'export const answer = 42;\n'.repeat(100);
    writeFileSync(path.join(folder, 'main.js'), text);
    writeFileSync(path.join(folder, 'short.js'), 'export {};\n');
    writeFileSync(path.join(folder, 'font.woff2'), text);
    await compressFiles(folder);
    assert.deepEqual(readdirSync(folder).sort(), [
      'font.woff2',
      'main.js',
      'main.js.br',
      'main.js.gz',
      'short.js',
    ]);
    assert.equal(String(brotliDecompressSync(readFileSync(path.join(folder, 'main.js.br')))), text);
    assert.equal(String(gunzipSync(readFileSync(path.join(folder, 'main.js.gz')))), text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

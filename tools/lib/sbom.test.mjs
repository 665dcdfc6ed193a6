import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { at } from './paths.mjs';
import { billOfMaterials } from './sbom.mjs';

test('S-DE1: the bill of materials names every package of the lock file with its digest', async () => {
  const { packages } = JSON.parse(readFileSync(at('package-lock.json'), 'utf8'));
  const locked = Object.entries(packages).filter(([folder, { link }]) => folder !== '' && !link);
  const bill = await billOfMaterials();
  assert.equal(bill.bomFormat, 'CycloneDX');
  assert.equal(bill.metadata.component.name, 'spotlight-trader');
  const listed = new Map(bill.components.map(({ purl, hashes }) => [purl, hashes]));
  for (const [folder, { name, version, integrity }] of locked) {
    const called = name ?? folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const purl = `pkg:npm/${called.replace('@', '%40')}@${version}`;
    // Packages for other platforms may have none: npm never fetched them.
    const digest = integrity && Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
    assert.ok(listed.has(purl), `${purl} is missing`);
    assert.equal(listed.get(purl)?.[0]?.content, digest, purl);
  }
});

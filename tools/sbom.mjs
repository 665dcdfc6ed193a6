// `npm run sbom [-- FILE]`: bill of materials for a release.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { failWith, say } from './lib/run.mjs';
import { billOfMaterials } from './lib/sbom.mjs';

try {
  const file = path.resolve(process.argv[2] ?? 'dist/sbom.cdx.json');
  const bill = await billOfMaterials();
  writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
  say(`${bill.components.length} packages written to ${file}`);
} catch (error) {
  failWith(error);
}

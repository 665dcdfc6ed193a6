import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { at, ROOT } from './paths.mjs';

const LARGEST_BILL_BYTES = 64_000_000;

/**
 * Bill of materials of everything in package-lock.json (CycloneDX), with the digests it pins: what runs on the server, what
 * is bundled into the page and what builds and tests both.
 */
export async function billOfMaterials() {
  const format = ['--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'];
  const options = { cwd: ROOT, maxBuffer: LARGEST_BILL_BYTES };
  const { stdout } = await promisify(execFile)('npm', ['sbom', ...format], options);
  const bill = JSON.parse(stdout);
  // npm names it after the folder it lies in.
  bill.metadata.component.name = JSON.parse(readFileSync(at('package.json'), 'utf8')).name;
  return bill;
}

// `npm run env-example [-- --check]`: writes .env.example from the settings schema, or only says whether it matches.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { at } from './lib/paths.mjs';
import { ensureReady } from './lib/ready.mjs';
import { failWith, say, StepError } from './lib/run.mjs';

const FILE = at('.env.example');

try {
  await ensureReady(['server']);
  const { renderEnvExample } = await import(pathToFileURL(at('dist/server/src/config/env-example.js')));
  const wanted = renderEnvExample();
  if (!process.argv.includes('--check')) {
    writeFileSync(FILE, wanted);
    say('Wrote .env.example.');
  } else if (readFileSync(FILE, 'utf8') !== wanted) {
    throw new StepError('.env.example differs from the settings schema. Run: npm run env-example');
  }
} catch (error) {
  failWith(error);
}

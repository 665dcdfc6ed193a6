// `npm run chaos [-- --minutes N] [--seed N] [--faults N] [--report FILE]`: the long form of the chaos suite.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runJest } from './lib/jest.mjs';
import { ensureReady } from './lib/ready.mjs';
import { failWith, say } from './lib/run.mjs';

const OPTIONS = ['minutes', 'seed', 'faults', 'reconnects', 'report'];

try {
  const options = Object.fromEntries(OPTIONS.map((name) => [name, { type: 'string' }]));
  const { values } = parseArgs({ options });
  for (const [name, value] of Object.entries(values)) {
    process.env[`CHAOS_${name.toUpperCase()}`] = name === 'report' ? path.resolve(value) : value;
  }
  await ensureReady(['server']);
  const { passed, failed } = await runJest({ name: 'chaos', args: ['--runInBand'] }, []);
  say(`\nChaos: ${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
} catch (error) {
  failWith(error);
}

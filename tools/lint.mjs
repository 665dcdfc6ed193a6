// `npm run lint`: every gate of the source, all faults in one run.
import { runGates } from './lib/gates.mjs';
import { ensureReady } from './lib/ready.mjs';
import { failWith, say } from './lib/run.mjs';

try {
  await ensureReady([]);
  const failed = (await runGates()).filter((gate) => !gate.passed);
  say(
    failed.length === 0 ? '\nAll gates passed.' : `\nFailed: ${failed.map((gate) => gate.name).join('; ')}`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
} catch (error) {
  failWith(error);
}

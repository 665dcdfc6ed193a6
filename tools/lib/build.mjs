import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { compressFiles } from './compress.mjs';
import { isFresh, digestOf, markFresh, markStale } from './freshness.mjs';
import { projectNode, toolEnv } from './node.mjs';
import { at, CLIENT_ENTRY, hasClient, SERVER_ENTRY, TOOLS } from './paths.mjs';
import { run, say, step, StepError } from './run.mjs';

/** How each part is built: what to say, what to remove first, what to run, what must be there afterwards. */
const BUILDS = {
  server: {
    title: 'Building the server',
    // The compiler leaves alone what it has no source for any more, so each build starts empty.
    remove: ['dist/server', 'dist/libs', 'dist/server.tsbuildinfo'],
    args: () => [TOOLS.nest, 'build'],
    entry: SERVER_ENTRY,
  },
  client: {
    title: 'Building the dashboard',
    remove: [],
    args: () => [TOOLS.ng, 'build', '--configuration', 'production'],
    entry: CLIENT_ENTRY,
    finish: () => compressFiles(path.dirname(CLIENT_ENTRY)),
  },
};

/** Parts that can be built. */
export const PARTS = Object.keys(BUILDS);

/** Those of `parts` that do not match their sources. */
export const staleParts = (parts = PARTS) =>
  parts.filter((part) => (part !== 'client' || hasClient()) && !isFresh(part));

/** Builds `parts`, side by side. Throws {@link StepError} with the compiler's words when one fails. */
export async function build(parts) {
  if (parts.includes('client') && !hasClient())
    say('There is no angular.json yet: the dashboard is left out.');
  const wanted = parts.filter((part) => part !== 'client' || hasClient());
  const results = await Promise.allSettled(wanted.map(buildPart));
  const faults = results.filter((result) => result.status === 'rejected').map((result) => result.reason);
  if (faults.length > 0) throw new StepError(faults.map((fault) => fault.message).join('\n\n'));
}

async function buildPart(part) {
  const { title, remove, args, entry, finish } = BUILDS[part];
  const digest = digestOf(part);
  markStale(part);
  await step(title, async () => {
    for (const path of remove) rmSync(at(path), { recursive: true, force: true });
    const { status, output } = await run(projectNode(), args(), { env: toolEnv() });
    if (status !== 0) throw new StepError(`${output.trim()}\n\n${title}: failed (status ${status}).`);
    if (!existsSync(entry)) throw new StepError(`${output.trim()}\n\n${title}: made no ${entry}.`);
    await finish?.();
  });
  markFresh(part, digest);
}

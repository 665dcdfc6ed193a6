import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Folder of the built code that makes a data folder; another build of it makes another template. */
const PERSISTENCE = path.resolve('dist/server/src/persistence');
const TEMPLATES = path.resolve('dist/.e2e-data');
const UNFINISHED = 'unfinished-';

/**
 * Fills an empty data folder as a first start leaves it: database made, migrations applied, no bar in it. Making one is
 * most of the work of a first start, so it is made once a build, by `firstStart`, and copied from there on.
 */
export async function fillDataDir(
  dataDir: string,
  firstStart: (dataDir: string) => Promise<void>,
): Promise<void> {
  const template = path.join(TEMPLATES, fingerprint());
  if (!existsSync(template)) await makeTemplate(template, firstStart);
  await cp(template, dataDir, { recursive: true });
}

async function makeTemplate(template: string, firstStart: (dataDir: string) => Promise<void>): Promise<void> {
  await mkdir(TEMPLATES, { recursive: true });
  // Templates of earlier builds are of no use any more; what is unfinished may be another worker's.
  for (const name of await readdir(TEMPLATES)) {
    if (!name.startsWith(UNFINISHED) && name !== path.basename(template))
      await rm(path.join(TEMPLATES, name), { recursive: true, force: true });
  }
  const unfinished = await mkdtemp(path.join(TEMPLATES, UNFINISHED));
  await firstStart(unfinished);
  try {
    await rename(unfinished, template);
  } catch (fault) {
    // Another worker was faster: its template is as good.
    if (!existsSync(template)) throw fault;
    await rm(unfinished, { recursive: true, force: true });
  }
}

function fingerprint(): string {
  const hash = createHash('sha256');
  const files = readdirSync(PERSISTENCE, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  );
  for (const name of [...files.sort(), path.resolve('package-lock.json')]) {
    hash.update(`${name}\n`).update(readFileSync(path.resolve(PERSISTENCE, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

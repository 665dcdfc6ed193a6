// `npm run build [-- --server | --client]`: the production build, whether or not it is fresh.
import { build, PARTS } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { withBuildLock } from './lib/lock.mjs';
import { failWith } from './lib/run.mjs';

const asked = PARTS.filter((part) => process.argv.includes(`--${part}`));

try {
  await withBuildLock(async () => {
    await ensureInstalled();
    await build(asked.length > 0 ? asked : PARTS);
  });
} catch (error) {
  failWith(error);
}

import { build, staleParts } from './build.mjs';
import { ensureInstalled, isInstalled } from './install.mjs';
import { withBuildLock } from './lock.mjs';

/**
 * Installs what is missing and builds what is stale of `parts`; takes the lock only where there is something to do.
 * With no parts it only installs.
 */
export async function ensureReady(parts) {
  if (isInstalled() && staleParts(parts).length === 0) return;
  await withBuildLock(async () => {
    await ensureInstalled();
    // Asked again: another process may have built them while this one waited.
    const stale = staleParts(parts);
    if (stale.length > 0) await build(stale);
  });
}

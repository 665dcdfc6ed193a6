import { existsSync } from 'node:fs';

/** Folder that holds package.json, as a file URL with a slash at its end; the same from `server/src` and from `dist`. */
export const PROJECT_ROOT: URL = findRoot(new URL('.', import.meta.url));

function findRoot(folder: URL): URL {
  if (existsSync(new URL('package.json', folder)) || folder.pathname === '/') return folder;
  return findRoot(new URL('..', folder));
}

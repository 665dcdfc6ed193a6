import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';

/** Where pictures of the pages are kept, to be looked at after a run; not part of the source. */
const FOLDER = path.resolve('dist/pictures');

/** Takes a picture of a page as it stands. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await page.screenshot({ path: path.join(FOLDER, `${name.replace(/\W+/g, '-')}.png`) });
}

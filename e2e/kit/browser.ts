import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';
import { onCleanup } from './cleanup.js';

const run = promisify(execFile);
const SYSTEM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-sync',
  '--no-first-run',
  '--disable-component-update',
];

/** Starts a headless Chromium, with further flags where given; it is closed when the spec file is over. */
export async function launchBrowser(flags: readonly string[] = []): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: [...FLAGS, ...flags],
    headless: true,
  });
  onCleanup(() => browser.close());
  return browser;
}

/** Path of a Chromium: `CHROME_PATH`, else one of the system, else the one that comes with the project's packages. */
async function findChromium(): Promise<string> {
  const { CHROME_PATH, PATH = '' } = process.env;
  if (CHROME_PATH !== undefined && CHROME_PATH !== '') return CHROME_PATH;
  const folders = PATH.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const found = SYSTEM_NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(
    (file) => existsSync(file),
  );
  return found ?? unpackedChromium();
}

/**
 * The package carries Chromium compressed. It is unpacked once into a folder of its own that gets its final name only
 * when complete: another test run at the same time, or one that is killed half-way, never leaves half a browser behind.
 */
async function unpackedChromium(): Promise<string> {
  const folder = path.join(
    tmpdir(),
    `spotlight-chromium-${await packageVersion()}-${process.getuid?.() ?? ''}`,
  );
  const binary = path.join(folder, 'chromium');
  if (existsSync(binary)) return binary;
  const unpacking = await mkdtemp(`${folder}-`);
  const script = "import chromium from '@sparticuz/chromium'; await chromium.executablePath();";
  // The package unpacks into the folder for temporary files, so it is given one of its own.
  const env = { ...process.env, TMPDIR: unpacking, NODE_OPTIONS: '' };
  await run(process.execPath, ['--input-type=module', '--eval', script], { env });
  // Whoever was quicker has made the same folder.
  await rename(unpacking, folder).catch(() => rm(unpacking, { recursive: true, force: true }));
  return binary;
}

async function packageVersion(): Promise<string> {
  const text = await readFile('node_modules/@sparticuz/chromium/package.json', 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

import sparticuz from '@sparticuz/chromium';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-sync',
  '--no-first-run',
  '--disable-component-update',
];

/** A headless Chromium: `CHROME_PATH`, or the one that comes with the project's packages. */
export async function launchBrowser() {
  const executablePath = process.env.CHROME_PATH || (await sparticuz.executablePath());
  return chromium.launch({ executablePath, args: FLAGS, headless: true });
}

import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './kit/browser.js';
import { openDesk } from './kit/desk-page.js';
import { eventually } from './kit/eventually.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

interface RuleOnRecord {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly enabled: boolean;
}

let browser: Browser;
let app: RunningApp;

beforeAll(async () => {
  browser = await launchBrowser();
  const file = await writeSyntheticDay(await makeTempDir('day'), 'ACME', {
    seed: 11,
    minutes: 390,
    tradesPerMinute: 20,
  });
  // A day of 390 minutes takes some minutes: time enough to write a rule and to see it fire.
  app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: '100' });
});

describe('rules in the dashboard', () => {
  test('a rule is written, corrected, tried, kept, seen to fire, proven, changed and deleted', async () => {
    const { page, complaints } = await openDesk(browser, `${app.url}/rules?symbol=ACME&timeframe=1m`);
    await page.getByText('No rule yet. Start from one of the six setups.').waitFor();
    expect(await page.locator('.setups li').count()).toBe(6);

    // A setup to start from; then a word that does not exist, and its place.
    await page.getByRole('button', { name: /^Volume surge/ }).click();
    const condition = page.getByLabel('Fires when');
    await condition.fill('close > opn');
    await page.getByText(/Line 1, place 9: .*did you mean open/).waitFor();
    expect(await page.getByRole('button', { name: 'Save as v1' }).isDisabled()).toBe(true);
    expect(await page.locator('.code mark').textContent()).toBe('opn');

    // Corrected, the preview says what it would have done.
    await condition.fill('close > open');
    await page.getByText(/Valid\./).waitFor();
    await page.getByText(/On these bars it would/).waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Rising bar');
    await page.getByLabel('Quiet after firing, bars').fill('0');
    await page.getByLabel('Regular', { exact: true }).uncheck();
    await page.getByLabel('Around the clock').uncheck();
    await page.getByRole('button', { name: 'Save as v1' }).click();
    await page.getByText(/Saved as v1/).waitFor();
    const [kept] = await app.json<RuleOnRecord[]>('/api/rules');
    expect(kept).toMatchObject({ name: 'Rising bar', version: 1, enabled: true });

    // It fires on the bars that come, and the list has it; the server proves it.
    await eventually(async () => (await app.json<unknown[]>('/api/signals')).length > 0, {
      what: 'a signal',
    });
    await page.reload();
    await page.getByRole('link', { name: 'Signals' }).click();
    const signals = page.locator('st-signals-view');
    await signals.locator('st-signal-list button').first().click();
    await signals.getByRole('button', { name: 'Verify' }).click();
    await signals.getByText('Recomputed from stored bars: same result').waitFor();
    await signals.getByRole('button', { name: 'Show on the chart' }).click();
    await page.locator('st-desk st-signal-receipt').getByText('ACME Rising bar').waitFor();

    // Tried over what is on record, with the warning that it is little.
    await page.getByRole('link', { name: 'Rules' }).click();
    await page.getByRole('button', { name: /^Rising bar/ }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText(/\d+ signals? in \d+ bars/).waitFor();

    // The next version says what it changed.
    await page.getByLabel('Fires when').fill('close > open\n&& volume > 0');
    await page.getByRole('button', { name: 'Save as v2' }).click();
    await page.getByText(/Saved as v2/).waitFor();
    await page.locator('st-version-list .added', { hasText: '&& volume > 0' }).first().waitFor();

    // Off and deleted, both to be seen on the server; a deletion can be taken back.
    await page.getByRole('switch', { name: 'Rising bar is on' }).uncheck();
    await eventually(async () => (await app.json<RuleOnRecord[]>('/api/rules'))[0]?.enabled === false, {
      what: 'the rule to be off',
    });
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Rising bar is deleted.').waitFor();
    expect(await app.json('/api/rules')).toEqual([]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: /^Rising bar/ }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('somebody else was faster: the text is kept and the reason is said', async () => {
    const { page } = await openDesk(browser, `${app.url}/rules`);
    await page.getByRole('button', { name: /^Rising bar/ }).click();
    const field = page.getByLabel('Your words, put before the explanation');
    await field.fill('mine');
    const [rule] = await app.json<(RuleOnRecord & Record<string, unknown>)[]>('/api/rules');
    const { id, ...rest } = rule!;
    delete (rest as Record<string, unknown>)['muted_until'];
    const answer = await page.request.put(`${app.url}/api/rules/${id}`, {
      data: { ...rest, explain: 'theirs' },
      headers: { Origin: app.url },
    });
    expect(answer.status()).toBe(200);
    await page.getByRole('button', { name: /^Save as v/ }).click();
    await page.getByText(/The rule was not saved\. .* Your text is kept here\./).waitFor();
    expect(await field.inputValue()).toBe('mine');
    await page.close();
  });
});

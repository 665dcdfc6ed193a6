import { expect, test } from '@jest/globals';
import { launchBrowser } from './kit/browser.js';
import { DeskPage } from './kit/desk-page.js';
import { operationsOf, type OpenApi } from './kit/openapi/document.js';
import { startApp } from './kit/start-app.js';

test('the documentation of the API works in a browser under our content security policy', async () => {
  const app = await startApp({ FEED: 'simulator' });
  const document = await app.json<OpenApi>('/api/docs-json');
  const desk = new DeskPage(await (await launchBrowser()).newPage());
  const { page } = desk;
  const answer = await page.goto(`${app.url}/api/docs`);
  expect(answer?.headers()['content-security-policy']).not.toMatch(/unsafe-(inline|eval)/);

  // Every operation is there, under a heading that is explained.
  await page.locator('.opblock-tag-section').first().waitFor();
  expect(await page.locator('.opblock').count()).toBe(operationsOf(document).length);
  expect(await page.locator('.opblock-tag-section').count()).toBe(document.tags.length);

  // One can be opened, shows an example, and can be tried.
  const quote = page.locator('.opblock', { hasText: '/api/quote' });
  await quote.locator('.opblock-summary-control').click();
  await quote.getByText('"price"').first().waitFor();
  await quote.getByRole('button', { name: 'Try it out' }).click();
  await quote.getByRole('button', { name: 'Execute' }).click();
  await quote.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();

  expect(desk.complaints).toEqual([]);
});

import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** One element that somebody with a disability could not use, and why. */
export interface AccessFault {
  readonly id: string;
  readonly html: string;
  readonly failureSummary: string;
}

/** What axe finds on a page as it stands. */
export async function accessFaults(page: Page): Promise<AccessFault[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const { violations } = await checker.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => ({ id, html, failureSummary })),
    );
  });
}

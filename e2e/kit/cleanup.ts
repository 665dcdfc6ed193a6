import { afterAll } from '@jest/globals';

const pending: (() => Promise<unknown>)[] = [];

/**
 * Has something done when the spec file is over, failed tests included; last registered, first done. Servers, streams,
 * browsers and folders register themselves, so that a spec cannot forget one.
 */
export function onCleanup(task: () => Promise<unknown>): void {
  pending.push(task);
}

afterAll(async () => {
  const faults: unknown[] = [];
  for (let task = pending.pop(); task !== undefined; task = pending.pop()) {
    await task().catch((fault: unknown) => faults.push(fault));
  }
  if (faults.length > 0) throw new AggregateError(faults, 'cleaning up after the spec failed');
}, 60_000);

import { describe, expect, it } from '@jest/globals';
import { Inflight } from './inflight.js';

/** A computation that is finished by hand, and how often it was begun. */
function slowly<T>() {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let begun = 0;
  const compute = (): Promise<T> => {
    begun++;
    return promise;
  };
  return { compute, resolve, reject, begun: () => begun };
}

describe('equal requests under way at the same time', () => {
  it('five hundred of them cost one computation, and all get its very result', async () => {
    const inflight = new Inflight<object>();
    const slow = slowly<object>();
    const waiting = Array.from({ length: 500 }, () => inflight.run('SPY', slow.compute));
    const result = {};
    slow.resolve(result);
    const results = await Promise.all(waiting);
    expect(slow.begun()).toBe(1);
    expect(results.every((one) => one === result)).toBe(true);
  });

  it('a failure reaches everybody who waits', async () => {
    const inflight = new Inflight<string>();
    const slow = slowly<string>();
    const waiting = Array.from({ length: 500 }, () => inflight.run('SPY', slow.compute));
    slow.reject(new Error('the database is away'));
    const results = await Promise.allSettled(waiting);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(500);
    expect(slow.begun()).toBe(1);
  });

  it.each(['an answer', 'a failure'])('the next one after %s computes again', async (first) => {
    const inflight = new Inflight<string>();
    const begin = () => (first === 'an answer' ? Promise.resolve('old') : Promise.reject(new Error('away')));
    await Promise.allSettled([inflight.run('SPY', begin)]);
    await expect(inflight.run('SPY', () => Promise.resolve('new'))).resolves.toBe('new');
  });

  it('different ones do not wait for each other', async () => {
    const inflight = new Inflight<string>();
    const slow = slowly<string>();
    const waiting = inflight.run('SPY', slow.compute);
    await expect(inflight.run('QQQ', () => Promise.resolve('QQQ'))).resolves.toBe('QQQ');
    slow.resolve('SPY');
    await expect(waiting).resolves.toBe('SPY');
  });
});

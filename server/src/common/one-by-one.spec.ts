import { describe, expect, it } from '@jest/globals';
import { OneByOne, QueueFullError } from './one-by-one.js';

describe('tasks one by one', () => {
  it('never two at once, in their order, a failed one holding nobody up', async () => {
    const queue = new OneByOne(10);
    const done: number[] = [];
    let running = 0;
    const task = (n: number) => async () => {
      expect(++running).toBe(1);
      await Promise.resolve();
      running--;
      if (n === 2) throw new Error('two');
      done.push(n);
      return n;
    };
    const results = await Promise.allSettled([1, 2, 3, 4].map((n) => queue.run(task(n))));
    expect(done).toEqual([1, 3, 4]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });

  it('refuses beyond its bound, and takes again once there is room', async () => {
    const queue = new OneByOne(2);
    const waiting = [queue.run(() => Promise.resolve(1)), queue.run(() => Promise.resolve(2))];
    await expect(queue.run(() => Promise.resolve(3))).rejects.toThrow(QueueFullError);
    await Promise.all(waiting);
    await expect(queue.run(() => Promise.resolve(4))).resolves.toBe(4);
  });
});

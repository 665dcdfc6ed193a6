import type { DurationMs } from '@libs/bars';
import type { Subscriber } from 'rxjs';
import type { Clock } from '../../common/clock.js';

/** Resolves after `delayMs` of the clock, or at once when the subscriber goes away: no timer outlives it. */
export async function pauseFor(
  delayMs: DurationMs,
  clock: Clock,
  subscriber: Pick<Subscriber<unknown>, 'add' | 'remove'>,
): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(delayMs, () => {
      subscriber.remove(stop);
      resolve();
    });
    const stop = () => {
      cancel();
      resolve();
    };
    subscriber.add(stop);
  });
}

import { from, firstValueFrom, timeout } from 'rxjs';

/** Settles as the promise does, or rejects with rxjs's `TimeoutError` after `limitMs`. What was begun goes on unheard. */
export function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  return firstValueFrom(from(promise).pipe(timeout(limitMs)));
}

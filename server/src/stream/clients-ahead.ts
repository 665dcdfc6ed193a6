import type { Clock } from '../common/clock.js';
import type { FeedState } from '@libs/contract';
import type { OpenStream } from './open-stream.js';

/** How long an instance that follows may need to learn of a cursor that another one gave out, and how often it looks. */
const BEHIND_LIMIT_MS = 5_000;
const BEHIND_CHECK_MS = 50;
/** States in which nothing is heard of the instance that writes. */
const CUT_OFF: ReadonlySet<FeedState> = new Set(['stale', 'down']);

/** What waiting for a cursor depends on. */
export interface ClientsAheadOptions {
  readonly clock: Clock;
  /** Whether a cursor may be one that another instance has given out and this one does not know yet. */
  readonly isAhead: (request: OpenStream) => boolean;
  readonly feedState: () => FeedState;
  /** Lets a client into the stream. Returns what lets it go. */
  readonly join: (request: OpenStream, end: () => void) => () => void;
}

/**
 * Clients whose cursor cannot be placed yet. With several instances the one a client comes from may be further on (even
 * than the one that writes, which publishes once Redis has answered it), so such a cursor is looked at again for a while
 * before it is refused.
 */
export class ClientsAhead {
  /** Ends the streams of those who wait. */
  private readonly waiting = new Set<() => void>();

  constructor(private readonly options: ClientsAheadOptions) {}

  /** Lets a client in, at once or when its cursor is known here. Returns what lets it go. */
  greet(request: OpenStream, end: () => void): () => void {
    const { clock, isAhead, feedState, join } = this.options;
    if (!isAhead(request)) return join(request, end);
    const untilMs = clock.nowMs() + BEHIND_LIMIT_MS;
    let leave = (): void => undefined;
    const stopLooking = clock.every(BEHIND_CHECK_MS, () => {
      const isStillAhead = isAhead(request);
      if (isStillAhead && clock.nowMs() < untilMs) return;
      stopWaiting();
      // Out of touch with the others it cannot say that a cursor is wrong: the client comes back, perhaps elsewhere.
      if (isStillAhead && CUT_OFF.has(feedState())) end();
      else leave = join(request, end);
    });
    const stopWaiting = (): void => {
      stopLooking();
      this.waiting.delete(end);
    };
    this.waiting.add(end);
    leave = stopWaiting;
    return () => {
      leave();
    };
  }

  /** Ends the streams of all who wait. */
  endAll(): void {
    for (const end of this.waiting) end();
  }
}

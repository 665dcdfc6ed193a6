import { Inject, Injectable, type BeforeApplicationShutdown, type MessageEvent } from '@nestjs/common';
import { defer, finalize, type Observable } from 'rxjs';
import { Clock } from '../common/clock.js';
import { Draining } from '../common/draining.js';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import type { ReplayedMarket } from '../market/index.js';
import type { OpenStream } from './open-stream.js';
import { StreamHub } from './stream-hub.js';

/** Streams one replay may have: it belongs to one session, which has a few tabs. */
const STREAMS_PER_REPLAY = 10;

/** The streams of replays: a hub for each replay that is streamed, which ends with it. */
@Injectable()
export class ReplayStreams implements BeforeApplicationShutdown {
  private readonly hubs = new Map<string, StreamHub>();

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly clock: Clock,
    private readonly draining: Draining,
  ) {}

  /** The stream of one client of a replay. Throws a `ProblemException` (503) when there is no room. */
  open(replay: ReplayedMarket, request: OpenStream): Observable<MessageEvent> {
    const stream = this.hubOf(replay).open(request);
    return defer(() => {
      const release = replay.retain();
      return stream.pipe(finalize(release));
    });
  }

  beforeApplicationShutdown(): void {
    for (const hub of this.hubs.values()) hub.beforeApplicationShutdown();
  }

  private hubOf(replay: ReplayedMarket): StreamHub {
    const known = this.hubs.get(replay.id);
    if (known !== undefined) return known;
    const { clock, draining } = this;
    const hub = new StreamHub({
      env: { ...this.env, SSE_MAX_CLIENTS: Math.min(STREAMS_PER_REPLAY, this.env.SSE_MAX_CLIENTS) },
      log: replay.log,
      market: replay.market,
      clock,
      draining,
      replay: { id: replay.id, time: replay },
    });
    hub.onModuleInit();
    this.hubs.set(replay.id, hub);
    replay.closed$.subscribe(() => {
      this.hubs.delete(replay.id);
      hub.beforeApplicationShutdown();
    });
    return hub;
  }
}

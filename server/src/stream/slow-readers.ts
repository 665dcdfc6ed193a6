import { Logger } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import type { LogTail } from '../market/index.js';
import type { StreamConnection } from './stream-connection.js';
import type { TopicGroup } from './topic-group.js';
import { VanishedPeers } from './vanished-peers.js';

/** A client above its bound is cut when it has taken nothing for this long; one that reads is left to catch up. */
const STUCK_MS = 2_000;
/** Heartbeats without any reading after which a client counts as gone, whatever waits for it. */
const SILENT_HEARTBEATS = 4;

/** Bounds of what one client may cost. */
export interface ReaderBounds {
  /** Events that may wait for a client that takes nothing. */
  readonly bufferCap: number;
  readonly heartbeatMs: number;
}

/**
 * Watches how clients read. One that takes nothing costs no memory but its place in the log; it is cut, with its cursor
 * intact, when too much waits for it, when it is silent for too long, or when the log no longer holds what it needs.
 */
export class SlowReaders {
  private readonly logger = new Logger('stream');
  private readonly vanished: VanishedPeers<StreamConnection>;
  /** Clients cut since the start, by cause. */
  readonly cuts = { over_bound: 0, silent: 0, evicted: 0, vanished: 0 };

  constructor(
    private readonly tail: LogTail,
    private readonly clock: Clock,
    private readonly bounds: ReaderBounds,
  ) {
    this.vanished = new VanishedPeers(clock, bounds.heartbeatMs);
  }

  /** How often {@link cutTheVanished} has to be called. */
  get lookPeriodMs(): number {
    return this.vanished.periodMs;
  }

  /** Whether a client is not reading now. Also notes since when. */
  isBlocked(connection: StreamConnection): boolean {
    if (!connection.isBlocked) return false;
    connection.blockedSinceMs ??= this.clock.nowMs();
    return true;
  }

  /** Events this client has not been sent yet; infinitely many once some of them are no longer held. */
  waitingEvents(connection: StreamConnection, group: TopicGroup): number {
    const { tail } = this;
    if (connection.position < tail.first) return Infinity;
    let count = 0;
    for (let position = connection.position; position < tail.end; position++) {
      if (group.wantsAt(tail, position)) count++;
    }
    return count;
  }

  /** Cuts those that take nothing and have more waiting than they may. */
  cutThoseOverBound(behind: Iterable<readonly [StreamConnection, TopicGroup]>): void {
    const nowMs = this.clock.nowMs();
    for (const [connection, group] of behind) {
      if (connection.blockedSinceMs === null || nowMs - connection.blockedSinceMs < STUCK_MS) continue;
      if (this.waitingEvents(connection, group) > this.bounds.bufferCap) this.cut(connection, 'over_bound');
    }
  }

  /** Cuts those that have taken nothing for several heartbeats. */
  cutTheSilent(connections: Iterable<StreamConnection>): void {
    const nowMs = this.clock.nowMs();
    const patienceMs = SILENT_HEARTBEATS * this.bounds.heartbeatMs;
    for (const connection of connections) {
      const { blockedSinceMs } = connection;
      if (blockedSinceMs !== null && nowMs - blockedSinceMs >= patienceMs) this.cut(connection, 'silent');
    }
  }

  /** Lets go of those whose other end is not there any more. */
  async cutTheVanished(connections: () => Iterable<StreamConnection>): Promise<void> {
    for (const connection of await this.vanished.look(connections)) this.cut(connection, 'vanished');
  }

  cut(connection: StreamConnection, cause: keyof typeof this.cuts): void {
    if (connection.isClosed) return;
    this.cuts[cause]++;
    this.logger.warn(`a client that does not read was cut (${cause}); it resumes with its cursor`);
    connection.destroy();
  }
}

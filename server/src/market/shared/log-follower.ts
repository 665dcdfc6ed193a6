import { Logger } from '@nestjs/common';
import type { CancelTimer, Clock } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import type { BarLog } from '../bar-log.js';
import type { RedisLog, RelayedEvent } from './redis-log.js';

/** How often the database is asked for what Redis may not have brought, and how often where there is no Redis. */
const POLL_MS = 1_000;
const POLL_WITHOUT_REDIS_MS = 250;

/**
 * Keeps the log of an instance that does not hold the feed equal to the one that does: through the Redis Stream, and out of
 * the database wherever that left a hole or is away.
 */
export class LogFollower {
  private readonly logger = new Logger('follower');
  private stopReading: (() => void) | null = null;
  private stopPolling: CancelTimer | null = null;
  private looking: Promise<void> | null = null;
  private looksAgain = false;
  private isComplaining = false;

  constructor(
    private readonly log: BarLog,
    private readonly redisLog: RedisLog | null,
    private readonly clock: Clock,
  ) {}

  start(): void {
    if (this.stopPolling !== null) return;
    this.stopPolling = this.clock.every(this.redisLog === null ? POLL_WITHOUT_REDIS_MS : POLL_MS, () => {
      this.look();
    });
    this.stopReading =
      this.redisLog?.follow({
        position: () => this.log.headOffset,
        onEvents: (events) => {
          this.take(events);
        },
        pause: () => new Promise((resolve) => this.clock.after(POLL_MS, resolve)),
      }) ?? null;
    this.look();
  }

  /** Resolves when nothing more is published by it. */
  async stop(): Promise<void> {
    this.stopPolling?.();
    this.stopReading?.();
    this.stopPolling = null;
    this.stopReading = null;
    await this.looking;
  }

  private take(events: readonly RelayedEvent[]): void {
    if (this.stopPolling === null) return;
    const { log } = this;
    const run: RelayedEvent[] = [];
    for (const event of events) {
      const next = log.headOffset + run.length + 1;
      if (event.offset < next) continue;
      if (event.offset > next || event.epochId !== log.epoch.id || log.archived(event) === undefined) {
        // A hole, another epoch, or a symbol that is new: the database knows.
        this.look();
        break;
      }
      run.push(event);
    }
    log.take(run);
  }

  /** One look at the database at a time; whoever asks during one gets another one after it. */
  private look(): void {
    if (this.looking !== null) {
      this.looksAgain = true;
      return;
    }
    this.looking = this.readDatabase().finally(() => {
      this.looking = null;
      if (!this.looksAgain || this.stopPolling === null) return;
      this.looksAgain = false;
      this.look();
    });
  }

  private async readDatabase(): Promise<void> {
    try {
      await this.log.follow();
      await this.log.catchUp();
      this.isComplaining = false;
    } catch (thrown) {
      if (!this.isComplaining) this.logger.warn(`the database does not answer: ${messageOf(thrown)}`);
      this.isComplaining = true;
    }
  }
}

import { Logger } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import type { Clock } from '../common/clock.js';
import { messageOf } from '../common/errors.js';

/** A command that is not answered by then has failed: whoever waits for it has a way around Redis. */
const COMMAND_TIMEOUT_MS = 250;
const CONNECT_TIMEOUT_MS = 1_000;
const LONGEST_RETRY_MS = 2_000;
/** Failures in a row after which commands are not even tried, and for how long. */
const BREAKER_FAILURES = 3;
const BREAKER_OPEN_MS = 1_000;
/** What waits for Redis how long, for whoever asks what is in force. */
export const REDIS_TIMEOUTS = {
  connect_timeout_ms: CONNECT_TIMEOUT_MS,
  command_timeout_ms: COMMAND_TIMEOUT_MS,
} as const;
/** At most one line about a Redis that is away per period. */
const COMPLAINT_PERIOD_MS = 5_000;

/** Thrown at once, without asking, while Redis is known to be away. */
class RedisAway extends Error {
  constructor() {
    super('Redis is away');
  }
}

/**
 * The way to Redis. It may be gone at any moment and everybody has to live without it, so nothing here waits long, queues
 * or tries again: a command is answered within {@link COMMAND_TIMEOUT_MS} or has failed.
 */
export class RedisLink {
  private readonly logger = new Logger('redis');
  private readonly commands: Redis;
  private readonly others: Redis[] = [];
  private failures = 0;
  private closedUntilMs = 0;
  private complainedMs = -Infinity;
  private hasAnswered = false;

  constructor(
    private readonly url: string,
    private readonly clock: Clock,
  ) {
    this.commands = this.connect({ commandTimeout: COMMAND_TIMEOUT_MS });
  }

  /** Whether Redis answers, as far as the last command tells. */
  get isUp(): boolean {
    return this.commands.status === 'ready' && this.failures === 0;
  }

  /** Whether Redis has answered since this process began. */
  get hasBeenUp(): boolean {
    return this.hasAnswered;
  }

  /** Runs a command or a few. Rejects with {@link RedisAway} at once while Redis is away, and with whatever Redis says. */
  async run<T>(task: (redis: Redis) => Promise<T>): Promise<T> {
    const nowMs = this.clock.nowMs();
    if (nowMs < this.closedUntilMs || this.commands.status !== 'ready') throw new RedisAway();
    try {
      const answer = await task(this.commands);
      this.failures = 0;
      return answer;
    } catch (thrown) {
      this.failures++;
      if (this.failures >= BREAKER_FAILURES) this.closedUntilMs = this.clock.nowMs() + BREAKER_OPEN_MS;
      this.complain(thrown);
      throw thrown;
    }
  }

  /** A connection of its own for blocking reads or subscriptions; it reconnects by itself and is closed with the link. */
  separate(options: RedisOptions = {}): Redis {
    const redis = this.connect(options);
    this.others.push(redis);
    return redis;
  }

  close(): void {
    for (const redis of [this.commands, ...this.others]) redis.disconnect();
  }

  private connect(options: RedisOptions): Redis {
    const redis = new Redis(this.url, {
      lazyConnect: true,
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepAlive: 5_000,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: true,
      retryStrategy: (tries) => Math.min(LONGEST_RETRY_MS, 100 * 2 ** tries) * (0.5 + Math.random() / 2),
      ...options,
    });
    redis.on('error', (thrown: unknown) => {
      this.complain(thrown);
    });
    redis.on('ready', () => {
      if (redis !== this.commands) return;
      this.hasAnswered = true;
      this.failures = 0;
      this.closedUntilMs = 0;
    });
    // A first failure is told by `error`, and the connection goes on trying.
    redis.connect().catch(() => undefined);
    return redis;
  }

  private complain(thrown: unknown): void {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.complainedMs < COMPLAINT_PERIOD_MS) return;
    this.complainedMs = nowMs;
    this.logger.warn(`Redis does not answer; going on without it: ${messageOf(thrown)}`);
  }
}

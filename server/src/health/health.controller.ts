import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { Public } from '../auth/index.js';
import { Clock } from '../common/clock.js';
import { ProblemException } from '../common/problem.exception.js';
import { DatabaseIndicator } from './database.indicator.js';
import { DrainingIndicator } from './draining.indicator.js';
import { FeedIndicator } from './feed.indicator.js';
import { RedisIndicator } from './redis.indicator.js';

/** Seconds after which asking again makes sense; a start takes a few. */
const RETRY_AFTER_S = 1;

/** Probes for whoever runs the process. */
@Public()
@ApiTags('operations')
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly clock: Clock,
    private readonly database: DatabaseIndicator,
    private readonly feed: FeedIndicator,
    private readonly draining: DrainingIndicator,
    private readonly redis: RedisIndicator,
  ) {}

  /** Liveness: the event loop turns. Asks nothing else, so that a lost database never gets the process killed. */
  @Get('health')
  @ApiOperation({ summary: 'The process is alive' })
  alive(): { ok: true; ts: number } {
    return { ok: true, ts: this.clock.nowMs() };
  }

  /** Readiness: 503 while starting or stopping; what was lost later is `degraded` with 200. */
  @Get('ready')
  @ApiOperation({ summary: 'The process can take traffic' })
  @HealthCheck({ noCache: true })
  async ready(): Promise<HealthCheckResult> {
    try {
      return await this.health.check([
        () => this.draining.check('draining'),
        () => this.feed.check('feed'),
        () => this.database.check('database'),
        () => this.redis.check('redis'),
      ]);
    } catch (thrown) {
      throw thrown instanceof ServiceUnavailableException
        ? notReady(thrown.getResponse() as HealthCheckResult)
        : thrown;
    }
  }
}

/** Whoever runs the process reads here what it still waits for; that it waits is no fault of the server. */
function notReady({ error = {} }: HealthCheckResult): ProblemException {
  const errors = Object.entries(error).map(([path, indicator]) => ({
    path,
    message: String(indicator?.['reason'] ?? indicator?.['message'] ?? 'is down'),
  }));
  const detail = `Not ready: ${errors.map(({ path, message }) => `${path} (${message})`).join(', ')}.`;
  return new ProblemException({ status: 503, detail, errors, retryAfterS: RETRY_AFTER_S });
}

import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { Clock } from '../common/clock.js';
import { DatabaseIndicator } from './database.indicator.js';
import { DrainingIndicator } from './draining.indicator.js';
import { FeedIndicator } from './feed.indicator.js';

/** Probes for whoever runs the process. */
@ApiTags('operations')
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly clock: Clock,
    private readonly database: DatabaseIndicator,
    private readonly feed: FeedIndicator,
    private readonly draining: DrainingIndicator,
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
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.draining.check('draining'),
      () => this.feed.check('feed'),
      () => this.database.check('database'),
    ]);
  }
}

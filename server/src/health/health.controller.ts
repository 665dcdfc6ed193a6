import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import * as z from 'zod';
import { Answers } from '../api-docs/index.js';
import { Public } from '../auth/index.js';
import { Clock } from '../common/clock.js';
import { ProblemException } from '../common/problem.exception.js';
import { DatabaseIndicator } from './database.indicator.js';
import { DrainingIndicator } from './draining.indicator.js';
import { EventLoopIndicator } from './event-loop.indicator.js';
import { FeedIndicator } from './feed.indicator.js';
import { RedisIndicator } from './redis.indicator.js';

/** Seconds after which asking again makes sense; a start takes a few. */
const RETRY_AFTER_S = 1;

/** What `GET /health` answers. */
const aliveSchema = z
  .object({ ok: z.literal(true), ts: z.int().describe('UTC epoch milliseconds') })
  .meta({ id: 'Alive', example: { ok: true, ts: 1_762_874_100_000 } });

const checksSchema = z.record(z.string(), z.looseObject({ status: z.enum(['up', 'down']) }));

/** What `GET /ready` answers with 200. */
const readySchema = z
  .object({
    status: z.enum(['ok', 'degraded', 'error', 'shutting_down']).describe('with 200 one of the first two'),
    info: z.looseObject({}).optional().describe('the checks that are up'),
    error: z.looseObject({}).optional().describe('the checks that are down'),
    details: checksSchema,
  })
  .meta({
    id: 'Ready',
    example: {
      status: 'ok',
      info: { database: { status: 'up' }, feed: { status: 'up' } },
      error: {},
      details: { database: { status: 'up' }, feed: { status: 'up' } },
    },
  });

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
    private readonly eventLoop: EventLoopIndicator,
  ) {}

  /** Liveness: the event loop turns. Asks nothing else, so that a lost database never gets the process killed. */
  @Get('health')
  @ApiOperation({ summary: 'The process is alive' })
  @Answers(aliveSchema, { description: 'It is' })
  alive(): z.infer<typeof aliveSchema> {
    return { ok: true, ts: this.clock.nowMs() };
  }

  /** Readiness: 503 while starting, stopping, or late with everything; what was lost later is `degraded` with 200. */
  @Get('ready')
  @ApiOperation({ summary: 'The process can take traffic' })
  @Answers(readySchema, { description: 'It can; a check with degraded: true lost something it does without' })
  @HealthCheck({ noCache: true, swaggerDocumentation: false })
  async ready(): Promise<HealthCheckResult> {
    try {
      return await this.health.check([
        () => this.draining.check('draining'),
        () => this.feed.check('feed'),
        () => this.database.check('database'),
        () => this.redis.check('redis'),
        () => this.eventLoop.check('event_loop'),
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

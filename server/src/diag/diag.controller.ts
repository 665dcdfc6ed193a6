import { Controller, Get, Inject, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Server } from 'node:http';
import { DataSource } from 'typeorm';
import * as z from 'zod';
import { Answers } from '../api-docs/index.js';
import { AccessGate, SESSION_LIMIT, STRANGER_LIMIT, STREAMS_PER_SESSION } from '../auth/index.js';
import { CacheService } from '../cache/index.js';
import { Clock } from '../common/clock.js';
import { RecentErrors } from '../common/recent-errors.js';
import { VERSION } from '../common/version.js';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import { BarLog, Leadership, MarketPipeline, Recorder } from '../market/index.js';
import { DATABASE_KIND, REDIS_LINK, type RedisLink } from '../persistence/index.js';
import { RuleEvaluator } from '../rules/index.js';
import { StreamHub } from '../stream/index.js';
import { VoiceDoor } from '../voice/index.js';
import { poolsInForce } from './pools-in-force.js';

const NS_PER_MS = 1e6;

/** For people: what is in it may grow and change. */
const diagSchema = z.record(z.string(), z.unknown()).meta({
  id: 'Diag',
  example: {
    version: '0.1.0',
    leader: true,
    market: { source: 'coinbase', state: 'live' },
    stream: { clients: 3 },
  },
});

/** One look at everything an operator asks first. */
@ApiTags('operations')
@Controller('api/diag')
export class DiagController implements OnModuleDestroy {
  private readonly loopDelay = monitorEventLoopDelay({ resolution: 20 });

  constructor(
    private readonly clock: Clock,
    private readonly log: BarLog,
    private readonly market: MarketPipeline,
    private readonly recorder: Recorder,
    private readonly cache: CacheService,
    private readonly stream: StreamHub,
    private readonly rules: RuleEvaluator,
    private readonly leadership: Leadership,
    private readonly gate: AccessGate,
    private readonly errors: RecentErrors,
    private readonly voice: VoiceDoor,
    private readonly dataSource: DataSource,
    private readonly host: HttpAdapterHost,
    @Inject(ENV) private readonly env: Env,
    @Inject(DATABASE_KIND) private readonly databaseKind: string,
    @Inject(REDIS_LINK) private readonly redis: RedisLink | null,
  ) {
    this.loopDelay.enable();
  }

  onModuleDestroy(): void {
    this.loopDelay.disable();
  }

  @Get()
  @ApiOperation({
    summary:
      'State of the process: epoch, market, cache, stream, rules, database, leadership, memory, event loop',
  })
  @Answers(diagSchema, { description: 'As it is now' })
  diag(): Record<string, unknown> {
    const { role, instanceId } = this.leadership;
    const { source, currentStatus, lastTickMs, symbols, counters } = this.market;
    return {
      timestamp: this.clock.nowMs(),
      version: VERSION,
      uptime_s: Math.round(process.uptime()),
      epoch: this.log.epoch,
      market: {
        source: source.name,
        reason: source.reason,
        state: currentStatus.state,
        state_reason: currentStatus.reason,
        lastTickMs,
        symbols: symbols.map(({ symbol }) => symbol),
        ...counters,
      },
      log: {
        headOffset: this.log.headOffset,
        ...this.log.stats,
      },
      recorder: this.recorder.stats,
      cache: this.cache.stats,
      stream: this.stream.stats,
      rules: this.rules.stats,
      voice: { connections: this.voice.connections },
      database: { kind: this.databaseKind },
      redis: this.redis === null ? null : { state: this.redis.isUp ? 'up' : 'away' },
      leader: role.isLeader,
      leadership: { instance: instanceId, fence: role.isLeader ? role.fence : null },
      limits: {
        streams: this.env.SSE_MAX_CLIENTS,
        streams_per_session: STREAMS_PER_SESSION,
        requests_per_session: SESSION_LIMIT,
        requests_per_stranger: STRANGER_LIMIT,
        waiting_events_per_stream: this.env.SSE_BUFFER_CAP,
      },
      pools: poolsInForce(
        this.dataSource,
        this.host.httpAdapter.getHttpServer() as Server,
        this.redis !== null,
      ),
      auth: { login: this.env.APP_PIN !== undefined, events: this.gate.securityLog.totals },
      errors: this.errors.newest,
      memory: process.memoryUsage(),
      eventLoop: {
        p50_ms: this.loopDelay.percentile(50) / NS_PER_MS,
        p99_ms: this.loopDelay.percentile(99) / NS_PER_MS,
        max_ms: this.loopDelay.max / NS_PER_MS,
      },
    };
  }
}

import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import { DataSource } from 'typeorm';
import { AllErrorsFilter } from '../common/all-errors.filter.js';
import { Clock } from '../common/clock.js';
import { Draining } from '../common/draining.js';
import { ManualClock } from '../common/manual-clock.js';
import { MarketPipeline } from '../market/index.js';
import { REDIS_LINK } from '../persistence/index.js';
import { DatabaseIndicator } from './database.indicator.js';
import { DrainingIndicator } from './draining.indicator.js';
import { EventLoopIndicator } from './event-loop.indicator.js';
import { FeedIndicator } from './feed.indicator.js';
import { HealthController } from './health.controller.js';
import { RedisIndicator } from './redis.indicator.js';

const NOW_MS = 1_795_000_000_000;

/** What the probes look at. */
const market = {
  isReady: true,
  currentStatus: { state: 'live', source: 'scripted', reason: 'connected', ts: NOW_MS },
};
const draining = new Draining();
const database = { query: () => Promise.resolve([{ one: 1 }]) as Promise<unknown> };

describe('the probes', () => {
  let app: NestExpressApplication;
  const logged = jest.spyOn(Logger.prototype, 'error');

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      imports: [TerminusModule.forRoot({ errorLogStyle: 'json', logger: false })],
      controllers: [HealthController],
      providers: [
        DatabaseIndicator,
        DrainingIndicator,
        EventLoopIndicator,
        FeedIndicator,
        RedisIndicator,
        { provide: REDIS_LINK, useValue: null },
        { provide: Clock, useValue: new ManualClock(NOW_MS) },
        { provide: Draining, useValue: draining },
        { provide: MarketPipeline, useValue: market },
        { provide: DataSource, useValue: database },
      ],
    }).compile();
    app = module.createNestApplication<NestExpressApplication>();
    app.useGlobalFilters(new AllErrorsFilter());
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());
  beforeEach(() => {
    logged.mockReset().mockImplementation(() => undefined);
    market.isReady = true;
    database.query = () => Promise.resolve([{ one: 1 }]);
  });

  async function ask(
    path: string,
  ): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return {
      status: answer.status,
      headers: answer.headers,
      body: (await answer.json()) as Record<string, unknown>,
    };
  }

  it('/health: alive, whatever has become of the rest', async () => {
    database.query = () => Promise.reject(new Error('away'));
    market.isReady = false;
    expect(await ask('/health')).toMatchObject({ status: 200, body: { ok: true, ts: NOW_MS } });
  });

  it('/ready: 200 with what was looked at', async () => {
    const { status, headers, body } = await ask('/ready');
    expect([status, body['status']]).toEqual([200, 'ok']);
    expect(headers.get('cache-control')).toContain('no-store');
    expect(body['details']).toMatchObject({
      draining: { status: 'up' },
      feed: { status: 'up', source: 'scripted', state: 'live' },
      database: { status: 'up' },
      event_loop: { status: 'up' },
    });
  });

  it('/ready: 503 that says what it waits for, without an alarm in the log', async () => {
    market.isReady = false;
    market.currentStatus.reason = 'making five days of history';
    const { status, headers, body } = await ask('/ready');
    expect(status).toBe(503);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(headers.get('retry-after')).toBe('1');
    expect(body).toEqual({
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      detail: 'Not ready: feed (making five days of history).',
      errors: [{ path: 'feed', message: 'making five days of history' }],
      request_id: expect.any(String),
    });
    expect(logged).not.toHaveBeenCalled();
  });

  it('/ready: a database that was lost is degraded, not down: streams and history go on', async () => {
    database.query = () => Promise.reject(new Error('connect ECONNREFUSED postgres://desk:hunter2@db'));
    const { status, body } = await ask('/ready');
    expect([status, body['status']]).toEqual([200, 'degraded']);
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });

  // The last one: draining has no way back.
  it('/ready: 503 from the moment the process is asked to stop', async () => {
    draining.start();
    const { status, body } = await ask('/ready');
    expect([status, body['detail']]).toEqual([503, 'Not ready: draining (the server is stopping).']);
    expect((await ask('/health')).status).toBe(200);
  });
});

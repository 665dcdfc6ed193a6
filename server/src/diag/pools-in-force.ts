import type { Server } from 'node:http';
import type { Pool } from 'pg';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { REDIS_TIMEOUTS } from '../persistence/index.js';

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** Pools and time-outs as they are in force now, read from what enforces them. Times are milliseconds. */
export function poolsInForce(dataSource: DataSource, server: Server, hasRedis: boolean): object {
  const { master } = dataSource.driver as unknown as { readonly master: Pool };
  const options = dataSource.options as PostgresOptions;
  const extra = options.extra as { readonly statement_timeout: number };
  return {
    database: {
      most: master.options.max,
      open: master.totalCount,
      idle: master.idleCount,
      waiting: master.waitingCount,
      connect_timeout_ms: options.connectTimeoutMS,
      statement_timeout_ms: extra.statement_timeout,
    },
    redis: hasRedis ? REDIS_TIMEOUTS : null,
    http: {
      connections: server.maxConnections,
      headers: server.maxHeadersCount,
      headers_timeout_ms: server.headersTimeout,
      request_timeout_ms: server.requestTimeout,
      keep_alive_timeout_ms: server.keepAliveTimeout,
    },
  };
}

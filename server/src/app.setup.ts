import { StandardSchemaValidationPipe } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { AllErrorsFilter } from './common/all-errors.filter.js';
import { plainQuery } from './common/plain-query.js';
import { problemOfIssues } from './common/problem-of-issues.js';
import { VERSION } from './common/version.js';
import { serveDashboard } from './dashboard/index.js';
import { KnownQuestions } from './history/index.js';
import { MarketPipeline } from './market/index.js';

/** Above the idle time-out of common load balancers (60 s), so that they never reuse a connection we just closed. */
const KEEP_ALIVE_MS = 65_000;
const HEADERS_TIMEOUT_MS = 60_000;
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_CONNECTIONS = 10_000;

/** Everything that is the same for the running server and for tests that start it inside their process. */
export function configure(app: NestExpressApplication): void {
  app.disable('x-powered-by');
  app.disable('etag');
  app.useGlobalFilters(new AllErrorsFilter());
  app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: problemOfIssues }));
  app.use(app.get(KnownQuestions).answer);
  app.use(plainQuery);
  serveDashboard(app, app.get(MarketPipeline).symbols[0]?.symbol ?? '');
  const server = app.getHttpServer();
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.maxConnections = MAX_CONNECTIONS;
  describeApi(app);
}

function describeApi(app: NestExpressApplication): void {
  const description = new DocumentBuilder()
    .setTitle('Spotlight Trader')
    .setDescription(
      'Bars, quotes and the live stream of a self-hosted trading desk. Errors are RFC 9457 problem details.',
    )
    .setVersion(VERSION)
    .build();
  SwaggerModule.setup('api/docs', app, () => SwaggerModule.createDocument(app, description), {
    jsonDocumentUrl: 'api/docs-json',
  });
}

import { Logger, StandardSchemaValidationPipe } from '@nestjs/common';
import type { Socket } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { completeDocument } from './api-docs/index.js';
import { AccessGate, crossOrigin, identityOf, PUBLIC_ROUTES } from './auth/index.js';
import { AllErrorsFilter } from './common/all-errors.filter.js';
import { connectionsWithin } from './common/connections-within.js';
import { Draining } from './common/draining.js';
import { jsonBody } from './common/json-body.js';
import { plainBody } from './common/plain-body.js';
import { plainQuery } from './common/plain-query.js';
import { problemOfIssues } from './common/problem-of-issues.js';
import { RecentErrors } from './common/recent-errors.js';
import { VERSION } from './common/version.js';
import type { Env } from './config/env.schema.js';
import { ENV } from './config/env.token.js';
import { apiDocsPage, isData, securityHeaders, serveDashboard, type LoginState } from './dashboard/index.js';
import { KnownQuestions } from './history/index.js';
import { MarketPipeline } from './market/index.js';
import { VoiceDoor, VoiceSocketAdapter } from './voice/index.js';

/** A connection on which nothing is said is asked whether it lives; Node has it asked ten times, a second apart. */
const PROBE_AFTER_MS = 10_000;
/** Above the idle time-out of common load balancers (60 s), so that they never reuse a connection we just closed. */
const KEEP_ALIVE_MS = 65_000;
/** A client that takes longer to send its headers, or the whole of a request, is cut. */
const HEADERS_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Connections there may be besides those of streams: requests, voice, health checks. */
const OTHER_CONNECTIONS = 8_000;
const MAX_HEADERS = 100;
/** A year and a bit, with every name below. */
const HSTS = 'max-age=34560000; includeSubDomains';
/** Most a body may hold; after inflating, which is not done. */
const BODY_LIMIT_BYTES = 64 * 1024;
/** Entries of a journal hold prose, and imports hold fills. */
const JOURNAL_BODY_LIMIT_BYTES = 256 * 1024;

/**
 * Everything that is the same for the running server and for tests that start it inside their process. The order is that
 * of the checks: who asks and from where, then what is asked. Nothing may answer before the gate.
 */
export function configure(app: NestExpressApplication): void {
  const env = app.get<Env>(ENV);
  const gate = app.get(AccessGate);
  app.disable('x-powered-by');
  app.disable('etag');
  if (env.TRUST_PROXY !== undefined) app.set('trust proxy', env.TRUST_PROXY);
  const protect = securityHeaders(env, isData, (request) => gate.sourceOf(request));
  app.useGlobalFilters(new AllErrorsFilter(protect, app.get(RecentErrors)));
  app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: problemOfIssues }));
  app.useWebSocketAdapter(new VoiceSocketAdapter(app, app.get(VoiceDoor)));
  app.use(greet(gate, app.get(Draining)));
  app.use(crossOrigin(gate.allowedOrigins));
  app.use(gate.admit);
  app.use(app.get(KnownQuestions).answer);
  app.use((request: Request, response: Response, next: NextFunction) => {
    protect(request, response);
    next();
  });
  app.use(plainQuery);
  app.use('/api/journal', jsonBody(JOURNAL_BODY_LIMIT_BYTES));
  app.use(jsonBody(BODY_LIMIT_BYTES));
  app.use(plainBody);
  app.use(apiDocsPage());
  serveDashboard(app, {
    defaultSymbol: app.get(MarketPipeline).symbols[0]?.symbol ?? '',
    loginOf: (request) => loginState(env, request),
  });
  const server = app.getHttpServer();
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('connection', (socket: Socket) => socket.setKeepAlive(true, PROBE_AFTER_MS));
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.maxConnections = mostConnections(env);
  server.maxHeadersCount = MAX_HEADERS;
  describeApi(app);
}

function mostConnections({ SSE_MAX_CLIENTS }: Env): number {
  const most = connectionsWithin(SSE_MAX_CLIENTS + OTHER_CONNECTIONS);
  if (most < SSE_MAX_CLIENTS)
    new Logger('http').warn(
      `The system lets this process have ${most} connections, fewer than SSE_MAX_CLIENTS=${SSE_MAX_CLIENTS}: raise the limit of open files (ulimit -n)`,
    );
  return most;
}

/**
 * What even answers from memory need: browsers come back over TLS where they came over TLS, and a process that is about to
 * go asks its callers to come back on another connection.
 */
function greet(gate: AccessGate, draining: Draining): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    if (gate.sourceOf(request).isSecure) response.setHeader('Strict-Transport-Security', HSTS);
    if (draining.isDraining) response.setHeader('Connection', 'close');
    next();
  };
}

function loginState({ APP_PIN }: Env, request: Request): LoginState {
  if (APP_PIN === undefined) return 'none';
  return identityOf(request) === null ? 'needed' : 'open';
}

function describeApi(app: NestExpressApplication): void {
  const description = new DocumentBuilder()
    .setTitle('Spotlight Trader')
    .setDescription(
      'Bars, quotes and the live stream of a self-hosted trading desk. Errors are RFC 9457 problem details.',
    )
    .setVersion(VERSION)
    .build();
  const document = (): OpenAPIObject =>
    completeDocument(SwaggerModule.createDocument(app, description), (route) => PUBLIC_ROUTES.has(route));
  SwaggerModule.setup('api/docs', app, document, { jsonDocumentUrl: 'api/docs-json' });
}

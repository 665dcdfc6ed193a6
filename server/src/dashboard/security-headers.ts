import type { Request, Response } from 'express';
import helmet from 'helmet';
import { randomBytes, randomUUID } from 'node:crypto';
import { COMMON_HEADERS, DATA_HEADERS } from '../common/data-headers.js';
import type { Env } from '../config/env.schema.js';

const HOST = /^[\w.-]+(:\d{1,5})?$|^\[[\da-f:.]+\](:\d{1,5})?$/i;
const REQUEST_ID = 'X-Request-Id';
const FOREIGN_ID = /^[\w.-]{8,64}$/;

/** What a request came through and as, for the headers of its answer. */
export interface Arrival {
  readonly isSecure: boolean;
  readonly host: string;
}

/**
 * Puts on an answer the headers a browser is protected by, and the request's id. Data gets a policy that lets nothing run;
 * pages and files get one with a fresh nonce in `response.locals.cspNonce` for the style elements the framework adds. No
 * `unsafe-inline`, no `unsafe-eval`. Doing it twice changes nothing, so that whoever answers may make sure.
 */
export function securityHeaders(
  env: Pick<Env, 'FRAME_ANCESTORS' | 'TRUST_PROXY'>,
  isData: (request: Request) => boolean,
  arrivalOf: (request: Request) => Arrival,
): (request: Request, response: Response) => void {
  const framers = env.FRAME_ANCESTORS ?? [];
  const overTls = pageHeaders(framers, 'wss');
  const plain = pageHeaders(framers, 'ws');
  const forData = Object.entries(DATA_HEADERS);
  return (request, response) => {
    if (response.headersSent || response.hasHeader(REQUEST_ID)) return;
    response.setHeader(REQUEST_ID, requestId(request, env.TRUST_PROXY !== undefined));
    const { isSecure, host } = arrivalOf(request);
    if (isData(request)) {
      for (const [name, value] of forData) response.setHeader(name, value);
      return;
    }
    response.locals['cspNonce'] = randomBytes(16).toString('base64url');
    response.locals['host'] = HOST.test(host) ? host : '';
    response.setHeader('Permissions-Policy', COMMON_HEADERS['Permissions-Policy']);
    (isSecure ? overTls : plain)(request, response, rethrow);
  };
}

/** Behind a trusted proxy its id is taken over, so that both logs tell the same story. */
function requestId({ headers }: Request, trustsProxy: boolean): string {
  const given = trustsProxy ? headers['x-request-id'] : undefined;
  return typeof given === 'string' && FOREIGN_ID.test(given) ? given : randomUUID();
}

function pageHeaders(framers: readonly string[], socketScheme: 'ws' | 'wss') {
  const self = "'self'";
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: [self],
        scriptSrc: [self],
        styleSrc: [self, (_request, response) => `'nonce-${localOf(response, 'cspNonce')}'`],
        imgSrc: [self, 'data:'],
        fontSrc: [self],
        // Not every browser takes sockets for the origin's own.
        connectSrc: [self, (_request, response) => `${socketScheme}://${localOf(response, 'host')}`],
        mediaSrc: [self, 'blob:'],
        workerSrc: [self],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: [self],
        frameAncestors: framers.length === 0 ? ["'none'"] : [self, ...framers],
        ...(socketScheme === 'wss' ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    xFrameOptions: framers.length === 0 ? { action: 'deny' } : false,
    // Set above, for data as well.
    strictTransportSecurity: false,
  });
}

function localOf(response: object, name: string): string {
  return String((response as Response).locals[name]);
}

function rethrow(fault?: unknown): void {
  if (fault !== undefined) throw new Error('the headers of a page could not be made', { cause: fault });
}

import type { NextFunction, Request, RequestHandler, Response } from 'express';

const METHODS = 'GET, POST, PUT, DELETE';
const REQUEST_HEADERS = 'Content-Type, Last-Event-ID, Idempotency-Key';
const EXPOSED_HEADERS = 'Retry-After, X-Request-Id';
/** How long a browser may remember what it may send. */
const PREFLIGHT_S = '600';

/**
 * Lets pages of exactly these origins read the answers, with the session. No other origin is ever named, not even the one
 * that asks. Answers preflight requests itself.
 */
export function crossOrigin(allowed: readonly string[]): RequestHandler {
  const origins = new Set(allowed);
  return (request: Request, response: Response, next: NextFunction) => {
    const { origin } = request.headers;
    if (origins.size > 0) response.setHeader('Vary', 'Origin');
    const isAllowed = origin !== undefined && origins.has(origin);
    if (isAllowed) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      response.setHeader('Access-Control-Allow-Credentials', 'true');
      response.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
    }
    if (request.method !== 'OPTIONS') {
      next();
      return;
    }
    if (isAllowed) {
      response.setHeader('Access-Control-Allow-Methods', METHODS);
      response.setHeader('Access-Control-Allow-Headers', REQUEST_HEADERS);
      response.setHeader('Access-Control-Max-Age', PREFLIGHT_S);
    }
    response.writeHead(204, { Allow: METHODS }).end();
  };
}

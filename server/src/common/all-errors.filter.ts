import {
  Catch,
  HttpException,
  Logger,
  ServiceUnavailableException,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { Problem } from '@libs/contract';
import type { Request, Response } from 'express';
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { messageOf } from './errors.js';
import { RecentErrors } from './recent-errors.js';
import { ProblemException } from './problem.exception.js';

/** A scheme no browser knows: it must not ask for a password of its own. */
const CHALLENGE = 'Session realm="Spotlight Trader"';

/**
 * Turns whatever was thrown into the one error shape (RFC 9457). Faults of the server are logged with a request id
 * and answered without detail: no stack, no SQL, no secret leaves the process.
 */
@Catch()
export class AllErrorsFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  /** `protect` puts the headers every answer has on one that went wrong before they were there, `X-Request-Id` among them. */
  constructor(
    private readonly protect: (request: Request, response: Response) => void = () => undefined,
    private readonly errors: Pick<RecentErrors, 'add'> = new RecentErrors(),
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    this.protect(request, response);
    const requestId = requestIdOf(response);
    const problem = this.problemOf(thrown, request, requestId);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (thrown instanceof ProblemException && thrown.retryAfterS !== undefined) {
      response.setHeader('Retry-After', String(thrown.retryAfterS));
    }
    if (problem.status === 401) response.setHeader('WWW-Authenticate', CHALLENGE);
    response
      .status(problem.status)
      .type('application/problem+json')
      .send(JSON.stringify({ ...problem, request_id: requestId }));
  }

  private problemOf(thrown: unknown, request: Request, requestId: string): Problem {
    if (thrown instanceof ProblemException) return thrown.problem;
    const status = statusOf(thrown);
    const checks = checksOf(thrown);
    if (checks !== undefined) return { ...blankProblem(status), detail: 'The server is not ready.', checks };
    if (status < 500) return { ...blankProblem(status), detail: publicDetail(thrown, request, status) };
    this.errors.add(messageOf(thrown), Date.now());
    this.logger.error(
      `${request.method} ${request.path} failed (request ${requestId}): ${messageOf(thrown)}`,
      thrown,
    );
    return {
      ...blankProblem(status),
      detail: 'The server could not answer. Its log has the reason.',
    };
  }
}

/** The id the answer carries already, or a new one. */
function requestIdOf(response: Response): string {
  const known = response.getHeader('X-Request-Id');
  if (typeof known === 'string') return known;
  const id = randomUUID();
  if (!response.headersSent) response.setHeader('X-Request-Id', id);
  return id;
}

function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  // Body and URL parsers of express throw plain errors that carry a status.
  const status = thrown instanceof Error && 'status' in thrown ? Number(thrown.status) : 500;
  return Number.isInteger(status) && status >= 400 && status <= 599 ? status : 500;
}

/** What a failed readiness check found, part by part. */
function checksOf(thrown: unknown): Problem['checks'] {
  if (!(thrown instanceof ServiceUnavailableException)) return undefined;
  const answer = thrown.getResponse();
  return typeof answer === 'object' && 'details' in answer
    ? (answer.details as Problem['checks'])
    : undefined;
}

function publicDetail(thrown: unknown, request: Request, status: number): string {
  return status === 404 ? `There is nothing at ${request.path}.` : messageOf(thrown);
}

function blankProblem(status: number): Omit<Problem, 'detail'> {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status };
}

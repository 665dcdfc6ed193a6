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
import { ProblemException } from './problem.exception.js';

/**
 * Turns whatever was thrown into the one error shape (RFC 9457). Faults of the server are logged with a request id
 * and answered without detail: no stack, no SQL, no secret leaves the process.
 */
@Catch()
export class AllErrorsFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const problem = this.problemOf(thrown, request);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (thrown instanceof ProblemException && thrown.retryAfterS !== undefined) {
      response.setHeader('Retry-After', String(thrown.retryAfterS));
    }
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }

  private problemOf(thrown: unknown, request: Request): Problem {
    if (thrown instanceof ProblemException) return thrown.problem;
    const status = statusOf(thrown);
    const checks = checksOf(thrown);
    if (checks !== undefined) return { ...blankProblem(status), detail: 'The server is not ready.', checks };
    if (status < 500) return { ...blankProblem(status), detail: publicDetail(thrown, request, status) };
    const requestId = randomUUID();
    this.logger.error(
      `${request.method} ${request.path} failed (request ${requestId}): ${messageOf(thrown)}`,
      thrown,
    );
    return {
      ...blankProblem(status),
      detail: 'The server could not answer. Its log has the reason.',
      request_id: requestId,
    };
  }
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

import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { catchError, throwError, type Observable } from 'rxjs';
import { hasErrorCode, messageOf } from '../common/errors.js';
import { ProblemException } from '../common/problem.exception.js';

/** What the system, PostgreSQL and its client say when nobody answers at the other end. */
const CODES = [
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH'],
  ...['57P01', '57P02', '57P03', '53300', '08000', '08001', '08003', '08006'],
] as const;
const WORDS =
  /timeout exceeded when trying to connect|query read timeout|connection terminated|connection ended|client has encountered a connection error|server closed the connection/i;
const RETRY_S = 5;

/** Whether something was thrown because the database cannot be reached, not because of what was asked of it. */
export function isDatabaseAway(thrown: unknown): boolean {
  return hasErrorCode(thrown, ...CODES) || WORDS.test(messageOf(thrown));
}

/** Answers 503 with `Retry-After` while the database is away; nothing was written then. */
@Injectable()
export class DatabaseAwayInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((thrown: unknown) =>
        throwError(() =>
          isDatabaseAway(thrown)
            ? new ProblemException({
                status: 503,
                detail: 'The database cannot be reached at the moment. Try again shortly.',
                retryAfterS: RETRY_S,
              })
            : thrown,
        ),
      ),
    );
  }
}

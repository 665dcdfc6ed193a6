import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { catchError, throwError, type Observable } from 'rxjs';
import { hasErrorCode, messageOf } from '../common/errors.js';
import { ProblemException } from '../common/problem.exception.js';

/** What the system, PostgreSQL and its client say when nobody answers at the other end, or lets nobody in. */
const AWAY = [
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH'],
  ...['57P01', '57P02', '57P03', '53300', '08000', '08001', '08003', '08006', '28000', '28P01', '3D000'],
] as const;
const AWAY_WORDS =
  /timeout exceeded when trying to connect|query read timeout|connection terminated|connection ended|client has encountered a connection error|server closed the connection/i;
/**
 * What PostgreSQL says when it is there and cannot do it now: full disk or memory, a statement that waited too long, a lock
 * it was not given, a deadlock, two writers at once, read-only.
 */
const UNABLE = ['53100', '53200', '57014', '55P03', '40P01', '40001', '25006'] as const;
const RETRY_S = 5;

/** Why the database cannot serve at the moment, in words for who asked; `null` for what was asked in a wrong way. */
export function databaseTrouble(thrown: unknown): string | null {
  if (hasErrorCode(thrown, ...AWAY) || AWAY_WORDS.test(messageOf(thrown)))
    return 'The database cannot be reached at the moment. Try again shortly.';
  if (hasErrorCode(thrown, ...UNABLE)) return 'The database cannot do this at the moment. Try again shortly.';
  return null;
}

/** Answers 503 with `Retry-After` while the database cannot serve; nothing was written then. */
@Injectable()
export class DatabaseAwayInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((thrown: unknown) => {
        const detail = databaseTrouble(thrown);
        return throwError(() =>
          detail === null ? thrown : new ProblemException({ status: 503, detail, retryAfterS: RETRY_S }),
        );
      }),
    );
  }
}

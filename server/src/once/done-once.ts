import {
  applyDecorators,
  HttpException,
  Injectable,
  Logger,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { createHash } from 'node:crypto';
import { lastValueFrom, from, type Observable } from 'rxjs';
import { identityOf } from '../auth/index.js';
import { messageOf } from '../common/errors.js';
import { badField, ProblemException } from '../common/problem.exception.js';
import { AnsweredOnce, type KeyedRequest } from './answered-once.js';

const HEADER = 'idempotency-key';
/** Visible ASCII, as the draft of the header has it, with or without its quotes. */
const KEY = /^"?[\x21\x23-\x7e]{1,255}"?$/;

/**
 * Has a request that carries an `Idempotency-Key` done at most once: who repeats it because the answer was lost gets the
 * first answer again. 422 where the key was used for something else, 409 where it has begun and nobody knows how it ended.
 */
@Injectable()
export class DoneOnceInterceptor implements NestInterceptor {
  private readonly logger = new Logger('http');

  constructor(private readonly answers: AnsweredOnce) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const keyed = keyedRequest(http.getRequest<Request>());
    if (keyed === null) return next.handle();
    return from(this.once(keyed, next, http.getResponse<Response>()));
  }

  private async once(keyed: KeyedRequest, next: CallHandler, response: Response): Promise<unknown> {
    const claim = await this.answers.claim(keyed);
    switch (claim.kind) {
      case 'first':
        return this.doIt(keyed, next);
      case 'answered':
        response.setHeader('Idempotent-Replayed', 'true');
        return claim.body;
      case 'begun':
        throw new ProblemException({
          status: 409,
          detail:
            'A request with this Idempotency-Key has begun, and how it ended is not known yet. Ask again shortly; if it stays so, look whether it was done.',
          retryAfterS: 1,
        });
      case 'other':
        throw new ProblemException({
          status: 422,
          detail: 'This Idempotency-Key was used for another request. Use a new one.',
        });
    }
  }

  private async doIt(keyed: KeyedRequest, next: CallHandler): Promise<unknown> {
    let body: unknown;
    try {
      body = await lastValueFrom(next.handle() as Observable<unknown>);
    } catch (thrown) {
      // Only a refusal says for sure that nothing was done; after anything else the key stays taken.
      if (thrown instanceof HttpException && thrown.getStatus() < 500) await this.answers.release(keyed);
      throw thrown;
    }
    await this.answers.keep(keyed, body).catch((fault: unknown) => {
      // It was done, and that is what the client hears; only a repetition would not learn it.
      this.logger.warn(`the answer to an Idempotency-Key could not be kept: ${messageOf(fault)}`);
    });
    return body;
  }
}

function keyedRequest(request: Request): KeyedRequest | null {
  const key = request.headers[HEADER];
  const identity = identityOf(request);
  if (key === undefined || identity === null) return null;
  if (typeof key !== 'string' || !KEY.test(key))
    throw badField('Idempotency-Key', 'must be 1 to 255 visible ASCII characters');
  const hash = createHash('sha256')
    .update(`${request.method} ${request.originalUrl}\n${JSON.stringify(request.body)}`)
    .digest('hex');
  return { ownerId: identity.userId, key, hash };
}

/** Marks a route that makes something and may be asked again with the same `Idempotency-Key`. */
export const DoneOnce = (): MethodDecorator =>
  applyDecorators(
    UseInterceptors(DoneOnceInterceptor),
    ApiHeader({ name: 'Idempotency-Key', required: false }),
    ApiResponse({
      status: 409,
      description: 'A request with this Idempotency-Key has begun, its end is not known',
    }),
    ApiResponse({ status: 422, description: 'This Idempotency-Key was used for another request' }),
  );

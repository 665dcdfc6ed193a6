import { HttpException } from '@nestjs/common';
import type { Problem } from '@libs/contract';
import { STATUS_CODES } from 'node:http';

export interface ProblemOptions {
  readonly status: number;
  readonly detail: string;
  /** One entry for each faulty field. */
  readonly errors?: Problem['errors'];
  /** Seconds after which trying again makes sense; sent as `Retry-After`. */
  readonly retryAfterS?: number;
}

/** An error answer in the contract's shape. `detail` is for the person at the other end: what is wrong and what to do. */
export class ProblemException extends HttpException {
  readonly problem: Problem;
  readonly retryAfterS: number | undefined;

  constructor({ status, detail, errors, retryAfterS }: ProblemOptions) {
    super(detail, status);
    this.retryAfterS = retryAfterS;
    this.problem = {
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail,
      ...(errors && { errors }),
    };
  }
}

/** 400 for one faulty query parameter or field. */
export function badField(path: string, message: string): ProblemException {
  return new ProblemException({ status: 400, detail: `${path} ${message}`, errors: [{ path, message }] });
}

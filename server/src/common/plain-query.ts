import type { NextFunction, Request, Response } from 'express';
import { badField } from './problem.exception.js';

/**
 * Refuses `limit[]=5` and its like with 400. Such a key is another one than `limit`, so it would be passed over, and the
 * answer would be one to a question that was not asked.
 */
export function plainQuery(request: Request, _response: Response, next: NextFunction): void {
  const bracketed = Object.keys(request.query).find((key) => /[[\]]/.test(key));
  if (bracketed === undefined) {
    next();
    return;
  }
  next(badField(bracketed.slice(0, 40), 'must be a plain name without brackets, with one value'));
}

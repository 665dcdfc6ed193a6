import type { NextFunction, Request, Response } from 'express';
import { badField, ProblemException } from './problem.exception.js';

/** Control characters, and what an undecodable sequence of bytes turns into. */
// eslint-disable-next-line no-control-regex -- these are exactly what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f\ufffd]/;
/** Control characters as they stand in a path: no name and no id has one, and no database takes them. */
const UNPRINTABLE_IN_PATH = /%(?:[01][\da-f]|7f)/i;
const SHOWN_LENGTH = 40;
/** Whatever stands in a cursor, the stream opens and says what it made of it. */
const FREE_TEXT = new Set(['lastEventId']);

/**
 * Refuses queries that could be read in two ways: `limit[]=5` is another key than `limit`, so it would be passed over, and
 * the answer would be one to a question that was not asked; of two values for one key either could be meant; control
 * characters and broken encodings mean nothing at all, in the path neither. 400 with the name of the key.
 */
export function plainQuery(request: Request, _response: Response, next: NextFunction): void {
  if (UNPRINTABLE_IN_PATH.test(request.path)) {
    next(new ProblemException({ status: 400, detail: 'The path must hold printable text.' }));
    return;
  }
  for (const [key, value] of Object.entries(request.query)) {
    const fault = faultIn(key, value);
    if (fault !== null) {
      next(badField(shown(key), fault));
      return;
    }
  }
  next();
}

function faultIn(key: string, value: unknown): string | null {
  if (/[[\]]/.test(key)) return 'must be a plain name without brackets, with one value';
  if (Array.isArray(value)) return 'must be given once';
  if (FREE_TEXT.has(key)) return null;
  if (UNPRINTABLE.test(key) || (typeof value === 'string' && UNPRINTABLE.test(value))) {
    return 'must hold printable text in UTF-8';
  }
  return null;
}

/** Keys come from outside: what is shown of one is short and printable. */
function shown(key: string): string {
  return key.slice(0, SHOWN_LENGTH).replace(new RegExp(UNPRINTABLE, 'g'), '?');
}

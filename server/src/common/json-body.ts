import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { ProblemException } from './problem.exception.js';

/** What the reader finds wrong, in our words: its own repeat what was sent, a PIN for example. */
const FAULTS: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'The body is not valid JSON.',
  'encoding.unsupported': 'The body must not be compressed.',
  'charset.unsupported': 'The body must be in UTF-8.',
  'request.size.invalid': 'The body is not as long as its Content-Length says.',
  'request.aborted': 'The request was broken off.',
};

/** Reads bodies of JSON, nothing else: 413 for one above `limitBytes`, 415 for a compressed one, 400 for what is no JSON. */
export function jsonBody(limitBytes: number): RequestHandler {
  const read = express.json({ limit: limitBytes, inflate: false });
  return (request: Request, response: Response, next: NextFunction) => {
    read(request, response, (fault?: unknown) => {
      if (fault === undefined) next();
      else next(refusalOf(fault, limitBytes));
    });
  };
}

function refusalOf(fault: unknown, limitBytes: number): unknown {
  const { type, status } = fault as { readonly type?: unknown; readonly status?: unknown };
  if (type === 'entity.too.large') {
    return new ProblemException({ status: 413, detail: `The body is larger than ${limitBytes} bytes.` });
  }
  const detail = FAULTS[String(type)];
  return detail === undefined ? fault : new ProblemException({ status: Number(status), detail });
}

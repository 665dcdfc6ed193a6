import type { NextFunction, Request, Response } from 'express';
import { ProblemException } from './problem.exception.js';

/** Levels of arrays and objects inside one another. */
const MAX_DEPTH = 32;
/** Keys that would change an object's kind instead of its content. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Refuses bodies that no honest client sends: nested beyond {@link MAX_DEPTH}, with a U+0000 (no database keeps it), with half
 * a surrogate pair (no UTF-8 carries it), or with a key that means a prototype. 400.
 */
export function plainBody(request: Request, _response: Response, next: NextFunction): void {
  const fault = faultOf(request.body as unknown);
  if (fault === null) next();
  else next(new ProblemException({ status: 400, detail: fault }));
}

function faultOf(body: unknown): string | null {
  const waiting: { value: unknown; depth: number }[] = [{ value: body, depth: 1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string') {
      const fault = faultOfText(value);
      if (fault !== null) return fault;
    } else if (typeof value === 'object' && value !== null) {
      if (depth > MAX_DEPTH) return `The body is nested deeper than ${MAX_DEPTH} levels.`;
      for (const [key, inner] of Object.entries(value)) {
        if (FORBIDDEN_KEYS.has(key)) return `The body holds the key ${key}, which is not allowed.`;
        const fault = faultOfText(key);
        if (fault !== null) return fault;
        waiting.push({ value: inner, depth: depth + 1 });
      }
    }
  }
  return null;
}

function faultOfText(text: string): string | null {
  if (text.includes('\0')) return 'The body holds a U+0000 character.';
  return text.isWellFormed() ? null : 'The body holds half a surrogate pair.';
}

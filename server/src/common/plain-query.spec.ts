import { describe, expect, it } from '@jest/globals';
import type { Request, Response } from 'express';
import { parse } from 'node:querystring';
import { plainQuery } from './plain-query.js';
import type { ProblemException } from './problem.exception.js';

/** Key and words of the refusal, `null` when the query passes. */
function refusalOf(query: string): { path: string; message: string } | null {
  let refusal: { path: string; message: string } | null = null;
  plainQuery(
    { path: '/api/history', query: parse(query) } as unknown as Request,
    {} as Response,
    (fault?: unknown) => {
      refusal = (fault as ProblemException | undefined)?.problem.errors?.[0] ?? null;
    },
  );
  return refusal;
}

describe('queries', () => {
  it.each(['', 'symbol=SPY', 'symbol=SPY&limit=5', 'q=%C3%A9%F0%9F%98%80', 'empty=', 'lastEventId=%00'])(
    '?%s passes',
    (query) => {
      expect(refusalOf(query)).toBeNull();
    },
  );

  it.each([
    ['limit[]=5', 'limit[]', /brackets/],
    ['a[b]=1', 'a[b]', /brackets/],
    ['symbol=SPY&symbol=QQQ', 'symbol', /once/],
    ['symbol=SPY%00', 'symbol', /printable/],
    ['symbol=SPY%0d%0aX', 'symbol', /printable/],
    ['symbol=%FF', 'symbol', /printable/],
    ['sy%00m=1', 'sy?m', /printable/],
  ])('?%s is a fault of %s', (query, path, words) => {
    expect(refusalOf(query)).toEqual({ path, message: expect.stringMatching(words) });
  });

  it.each(['/api/rules/%00', '/api/rules/a%0Ab', '/api/rules/%7f'])('a path %s is refused', (path) => {
    let detail = '';
    plainQuery({ path, query: {} } as unknown as Request, {} as Response, (fault?: unknown) => {
      detail = (fault as ProblemException).problem.detail;
    });
    expect(detail).toBe('The path must hold printable text.');
  });
});

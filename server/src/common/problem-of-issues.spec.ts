import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { problemOfIssues } from './problem-of-issues.js';

const schema = z.object({
  limit: z.coerce.number('limit must be a number').max(5, 'limit is too large'),
});

/** The problem that a schema's findings come to. */
function problemFor(value: unknown, checked: z.ZodType = schema) {
  return problemOfIssues(checked.safeParse(value).error?.issues ?? []).problem;
}

describe('what a schema finds wrong, as a problem', () => {
  it('names the field', () => {
    expect(problemFor({ limit: '6' })).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'limit is too large',
      errors: [{ path: 'limit', message: 'limit is too large' }],
    });
  });

  it('writes nested places with dots', () => {
    const nested = z.object({ rules: z.array(z.object({ name: z.string('must be text') })) });
    expect(problemFor({ rules: [{ name: 'a' }, { name: 1 }] }, nested).errors).toEqual([
      { path: 'rules.1.name', message: 'must be text' },
    ]);
  });

  it('takes the path segments of other schema libraries as well', () => {
    const issues = [
      { message: 'is wrong', path: [{ key: 'bars' }, { key: 0 }, 'close'] },
      { message: 'is worse' },
    ];
    expect(problemOfIssues(issues).problem.errors).toEqual([
      { path: 'bars.0.close', message: 'is wrong' },
      { path: '', message: 'is worse' },
    ]);
  });
});

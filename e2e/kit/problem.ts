import { expect } from '@jest/globals';
import type { Problem } from '@libs/contract';
import type { HttpAnswer } from './http.js';

/** Insists that an answer is an error in the contract's one shape, and gives it. */
export function expectProblem(answer: HttpAnswer, status: number): Problem {
  expect({ status: answer.status, type: answer.headers['content-type'] }).toEqual({
    status,
    type: expect.stringMatching(/^application\/problem\+json(;|$)/),
  });
  const problem = JSON.parse(answer.text) as Problem;
  expect(problem).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    status,
    detail: expect.any(String),
  });
  expect(problem.detail).not.toBe('');
  expectNoInsides(answer.text);
  return problem;
}

/** Insists that a text tells nothing of the inside of the process: no stack, no path of a source file, no SQL. */
export function expectNoInsides(text: string): void {
  expect(text).not.toMatch(/\n\s+at |node_modules|dist\/server|\.(js|ts):\d+|SELECT |QueryFailed/);
}

import type { StandardSchemaValidationPipe } from '@nestjs/common';
import { ProblemException } from './problem.exception.js';

type PipeOptions = NonNullable<ConstructorParameters<typeof StandardSchemaValidationPipe>[0]>;
type Issue = Parameters<NonNullable<PipeOptions['exceptionFactory']>>[0][number];

/** The 400 for what a schema found wrong: one entry a faulty field. */
export function problemOfIssues(issues: readonly Issue[]): ProblemException {
  const errors = issues.map(({ path, message }) => ({
    path: (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
    message,
  }));
  const detail = errors.map(({ message }) => message).join('; ');
  return new ProblemException({ status: 400, detail, errors });
}

import { ApiResponse } from '@nestjs/swagger';
import type * as z from 'zod';
import { componentOf } from './components.js';

/** What else is said of an answer. */
export interface AnswerNotes {
  /** Default 200. */
  readonly status?: number;
  readonly description: string;
  /** Default `application/json`. */
  readonly type?: string;
}

/**
 * Describes what a route answers when all went well: the shape, from the schema that is its one source, and an example.
 * What may go wrong is the same for all routes and filled in by `completeDocument`.
 */
export function Answers(
  schema: z.ZodType,
  { status = 200, description, type = 'application/json' }: AnswerNotes,
): MethodDecorator {
  return ApiResponse({ status, description, content: { [type]: { schema: componentOf(schema) } } });
}

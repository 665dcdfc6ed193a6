import type { MessageEvent, StreamableFile } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Observable } from 'rxjs';
import type * as z from 'zod';
import { componentOf } from './components.js';

/** What else is said of an answer. */
export interface AnswerNotes {
  /** Default 200. */
  readonly status?: number;
  readonly description: string;
  /** Default `application/json`. */
  readonly type?: string;
  /** Shapes of other media types the same route answers with. */
  readonly others?: Readonly<Record<string, z.ZodType>>;
}

/** A shape that services may have declared without the right to change it. */
type Unchanged<Shape> = Shape extends readonly (infer Item)[]
  ? readonly Unchanged<Item>[]
  : Shape extends object
    ? IsOpen<Shape> extends true
      ? object
      : { readonly [Key in keyof Shape]: Unchanged<Shape[Key]> }
    : Shape;
/** Whether it may hold fields that are not described, of which the compiler knows nothing. */
type IsOpen<Shape> = unknown extends Shape[keyof Shape] ? true : false;
/** Answers that a route writes itself, and whose shape the compiler cannot see. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- a route that writes its answer itself gives nothing
type WrittenByHand = void | Observable<MessageEvent> | StreamableFile;
type Route<Shape> = (...given: never[]) => Answered<Unchanged<Shape> | WrittenByHand>;
type Answered<Answer> = Answer | Promise<Answer>;

/** Refused by the compiler where a route answers something else than is described. */
type AnswerDecorator<Shape> = (
  target: object,
  name: string | symbol,
  route: { readonly value?: Route<Shape> },
) => void;

/**
 * Describes what a route answers when all went well: the shape, from the schema that is its one source. An example is put
 * together from those of its fields (`field-examples.ts`) unless the schema brings its own (`meta({ example })`). What may
 * go wrong is the same for all routes and filled in by `completeDocument`.
 */
export function Answers<Shape>(
  schema: z.ZodType<Shape>,
  { status = 200, description, type = 'application/json', others = {} }: AnswerNotes,
): AnswerDecorator<Shape> {
  const shapes = Object.entries({ [type]: schema, ...others });
  const content = Object.fromEntries(shapes.map(([media, shape]) => [media, { schema: componentOf(shape) }]));
  const decorate = ApiResponse({ status, description, content });
  return (target, name, route) => {
    decorate(target, name, route as PropertyDescriptor);
  };
}

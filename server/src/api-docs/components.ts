import type { OpenAPIObject } from '@nestjs/swagger';
import * as z from 'zod';

/** Schemas of an OpenAPI document by name. */
export type Components = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
/** One of them, or a reference to it. */
export type ComponentSchema = Components[string];

/** What decorators have described so far; they run while modules load, before there is a document. */
const known = new Map<string, ComponentSchema>();

/** The OpenAPI form of a schema. Named parts (`meta({ id })`) become components of the document and are referred to. */
export function componentOf(schema: z.ZodType): ComponentSchema {
  const json = z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'output', unrepresentable: 'any' });
  const text = JSON.stringify(json).replaceAll('"#/definitions/', '"#/components/schemas/');
  const { definitions = {}, ...shape } = JSON.parse(text) as ComponentSchema & { definitions?: Components };
  for (const [name, part] of Object.entries(definitions)) known.set(name, part);
  return shape;
}

/** Every named schema a route has referred to. */
export function knownComponents(): Components {
  return Object.fromEntries([...known].sort(([one], [other]) => one.localeCompare(other)));
}

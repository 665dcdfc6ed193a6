import { Ajv, type ValidateFunction } from 'ajv';
import type { OpenApi, Schema } from './document.js';

/** Holds values against the schemas of a document. Unknown fields are no fault: nobody promised that there are none. */
export class SchemaCheck {
  private readonly ajv: Ajv;
  private readonly compiled = new Map<Schema, ValidateFunction>();

  constructor({ components }: OpenApi) {
    this.ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    this.ajv.addSchema({ $id: 'openapi', components: modern(components) });
  }

  /** What is wrong with a value, in words; empty where nothing is. */
  faultsOf(schema: Schema, value: unknown): string[] {
    const check = this.compiled.get(schema) ?? this.compile(schema);
    if (check(value)) return [];
    return (check.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath || 'it'} ${message ?? ''}`,
    );
  }

  private compile(schema: Schema): ValidateFunction {
    const check = this.ajv.compile(modern(schema) as Schema);
    this.compiled.set(schema, check);
    return check;
  }
}

/** As the checker reads schemas: references by the document's name, exclusive bounds as numbers, null as a type. */
function modern(schemas: unknown): unknown {
  return JSON.parse(JSON.stringify(schemas), (name: string, value: unknown) => {
    if (name === '$ref') return String(value).replace('#/components/', 'openapi#/components/');
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return nullableAsType(exclusiveAsNumber(value as Schema));
  });
}

function exclusiveAsNumber(schema: Schema): Schema {
  const { minimum, exclusiveMinimum, ...rest } = schema;
  if (typeof exclusiveMinimum !== 'boolean') return schema;
  return exclusiveMinimum ? { ...rest, exclusiveMinimum: minimum } : { ...rest, minimum };
}

function nullableAsType({ nullable, ...schema }: Schema): Schema {
  return nullable === true ? { anyOf: [{ type: 'null' }, schema] } : schema;
}

import type { Components, ComponentSchema } from './components.js';
import { FIELD_EXAMPLES } from './field-examples.js';

/** The parts of a schema an example is made of. */
interface Shape {
  readonly $ref?: string;
  readonly example?: unknown;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly nullable?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: boolean | Shape;
  readonly items?: Shape;
  readonly oneOf?: readonly Shape[];
  readonly anyOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
}

/** Schemas that hold themselves are shown to this depth. */
const DEEPEST = 6;

/** An example of a schema: its own, or one put together from those of its fields. `undefined` where a text has none. */
export function exampleOf(schema: ComponentSchema, components: Components): unknown {
  return exampleIn(schema as Shape, { components: components as Readonly<Record<string, Shape>>, depth: 0 });
}

interface Place {
  readonly components: Readonly<Record<string, Shape>>;
  readonly depth: number;
  /** Name of the field it is about. */
  readonly name?: string;
}

function exampleIn(schema: Shape, place: Place): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    return exampleIn(place.components[name] ?? {}, place);
  }
  const known = place.name === undefined ? undefined : FIELD_EXAMPLES[place.name];
  if (schema.enum !== undefined) return schema.enum.includes(known) ? known : schema.enum[0];
  const choice = schema.oneOf ?? schema.anyOf;
  if (choice !== undefined) return exampleIn(choice[0] ?? {}, place);
  if (schema.allOf !== undefined)
    return Object.assign({}, ...schema.allOf.map((part) => exampleIn(part, place) as object)) as object;
  if (schema.type === 'object') return objectExample(schema, place);
  if (schema.type === 'array') return place.depth >= DEEPEST ? [] : listOf(schema.items ?? {}, place);
  return leafExample(schema, known);
}

function listOf(items: Shape, place: Place): unknown[] {
  const one = exampleIn(items, { ...place, depth: place.depth + 1 });
  return one === undefined ? [] : [one];
}

/** What every such object holds, and what it is taken to hold where nothing is said. */
function objectExample(schema: Shape, { components, depth, name: own = '' }: Place): object {
  const { properties, additionalProperties, required = [] } = schema;
  const deeper = { components, depth: depth + 1 };
  if (properties === undefined) {
    if (typeof additionalProperties !== 'object') return {};
    const keys = required.length > 0 ? required : ['SPY'];
    return Object.fromEntries(
      keys.map((key) => [key, exampleIn(additionalProperties, { ...deeper, name: own })]),
    );
  }
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name, part]) => required.includes(name) || part.default !== undefined)
      .map(([name, part]) => [name, exampleIn(part, { ...deeper, name })]),
  );
}

/** A known value of the right type; a default; or the least number there can be. */
function leafExample(shape: Shape, known: unknown): unknown {
  const { type, nullable = false, minimum, maximum, exclusiveMinimum = false, default: unsaid } = shape;
  const isNumber = type === 'number' || type === 'integer';
  if (known === null && nullable) return null;
  if (isNumber && known !== undefined && Number.isFinite(Number(known)))
    return Math.min(Math.max(Number(known), minimum ?? -Infinity), maximum ?? Infinity);
  if (typeof known === type) return known;
  if (unsaid !== undefined) return unsaid;
  if (type === 'boolean') return false;
  if (isNumber) return Math.max(0, minimum ?? 0) + (exclusiveMinimum ? 1 : 0);
  return nullable ? null : undefined;
}

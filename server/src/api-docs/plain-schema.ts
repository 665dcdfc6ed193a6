/**
 * What a generator left in a schema and no reader wants: the bounds of a double, patterns of the text a number comes as,
 * and `examples`, which OpenAPI 3.0 knows as `example`. Changes everything in `node`.
 */
export function tidySchemas(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const schema = node as Record<string, unknown>;
  if (schema['type'] === 'integer') delete schema['pattern'];
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
  if (Array.isArray(schema['examples'])) {
    schema['example'] ??= (schema['examples'] as unknown[])[0];
    delete schema['examples'];
  }
  for (const [name, part] of Object.entries(schema)) if (name !== 'example') tidySchemas(part);
}

import { operationsOf, type Content, type OpenApi, type Operation, type Parameter } from './document.js';
import { SchemaCheck } from './schema-check.js';

const PROBLEM = 'application/problem+json';

/**
 * What a reader of the document would miss, one line each, with what whoever wrote the route has to add. Empty where
 * every operation says what it is for, what it takes, answers and refuses, with a valid example of each.
 */
export function lintOpenApi(document: OpenApi): string[] {
  const check = new SchemaCheck(document);
  const tags = new Set(document.tags.map(({ name }) => name));
  const operations = operationsOf(document);
  const faults = operations.flatMap(([route, operation]) =>
    [
      ...aboutOperation(operation, tags),
      ...(operation.parameters ?? []).flatMap((parameter) => aboutParameter(parameter, check)),
      ...Object.entries(operation.requestBody?.content ?? {}).flatMap(([type, content]) =>
        aboutContent(`the body (${type})`, content, check),
      ),
      ...aboutAnswers(operation, check),
    ].map((fault) => `${route}: ${fault}`),
  );
  return [...faults, ...twice(operations)];
}

function aboutOperation(
  { summary, operationId, tags = [] }: Operation,
  known: ReadonlySet<string>,
): string[] {
  const faults: string[] = [];
  if (!summary) faults.push('no summary: add @ApiOperation({ summary })');
  if (!operationId) faults.push('no operationId');
  if (tags.length === 0) faults.push('no tag: add @ApiTags to the controller');
  for (const tag of tags)
    if (!known.has(tag)) faults.push(`tag "${tag}" is not explained: add it to TAGS in complete-document.ts`);
  return faults;
}

function aboutParameter(
  { name, description, example: only, examples = {}, schema }: Parameter,
  check: SchemaCheck,
): string[] {
  const example = only ?? examples['given']?.value;
  const remedy = 'describe() it in its schema, or add its name to PARAMETER_NOTES in parameter-notes.ts';
  const faults: string[] = [];
  if (!description) faults.push(`parameter ${name} is not explained: ${remedy}`);
  if (example === undefined) faults.push(`parameter ${name} has no example: ${remedy}`);
  else
    faults.push(
      ...check.faultsOf(schema, example).map((fault) => `the example of parameter ${name}: ${fault}`),
    );
  return faults;
}

function aboutAnswers({ responses }: Operation, check: SchemaCheck): string[] {
  const statuses = Object.keys(responses);
  const faults: string[] = [];
  if (!statuses.some((status) => status.startsWith('2')))
    faults.push('no good answer: add @Answers(schema, { description })');
  for (const [status, { description, content = {} }] of Object.entries(responses)) {
    const media = Object.entries(content);
    if (!description) faults.push(`${status} is not explained: give @Answers or @ApiResponse a description`);
    if (Number(status) >= 400 && (media.length !== 1 || media[0]?.[0] !== PROBLEM))
      faults.push(`${status} must be ${PROBLEM} and nothing else`);
    if (media.length === 0 && status !== '204')
      faults.push(`${status} has no shape: add @Answers(schema, { status: ${status}, description })`);
    for (const [type, body] of media) faults.push(...aboutContent(`${status} (${type})`, body, check));
  }
  return faults;
}

function aboutContent(what: string, { schema, example }: Content, check: SchemaCheck): string[] {
  if (schema === undefined) return [`${what} has no shape`];
  if (example === undefined) return [`${what} has no example: add .meta({ example }) to its schema`];
  return check
    .faultsOf(schema, example)
    .map(
      (fault) =>
        `the example of ${what}: ${fault}; name the field in field-examples.ts or add .meta({ example })`,
    );
}

function twice(operations: readonly (readonly [string, Operation])[]): string[] {
  const routes = Map.groupBy(operations, ([, { operationId }]) => operationId ?? '');
  return [...routes]
    .filter(([, same]) => same.length > 1)
    .map(([id, same]) => `${same.map(([route]) => route).join(' and ')} share the operationId ${id}`);
}

import { STATUS_CODES } from 'node:http';
import { problemSchema } from '@libs/contract';
import type { OpenAPIObject } from '@nestjs/swagger';
import { componentOf, knownComponents, type Components } from './components.js';
import { exampleOf } from './example-of.js';
import { PARAMETER_NOTES } from './parameter-notes.js';
import { tidySchemas } from './plain-schema.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Answer = Exclude<Operation['responses'][string], { $ref: string } | undefined>;

const METHODS = ['get', 'post', 'put', 'delete', 'patch'] as const;
const SESSION = 'session';

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds after which to try again', schema: { type: 'integer', minimum: 1 } },
} as const;

/** What belongs together, in the order it is shown in. */
const TAGS: Readonly<Record<string, string>> = {
  'market data': 'Bars, quotes and symbols',
  stream: 'Bars, alerts and prices as they come',
  rules: 'Alert rules, and what fired',
  replay: 'The past, played again',
  watchlists: 'Lists of symbols',
  settings: 'What a user chose about the desk',
  journal: 'Trades, notes and what they come to',
  coach: 'The coach and its tools',
  sessions: 'Login and logout',
  operations: 'For whoever runs the desk',
};

/** What may go wrong on any route, in the words of whoever reads the document. */
const FAULTS: Readonly<Record<number, string>> = {
  400: 'A parameter or the body is faulty; errors[] names each field',
  401: 'Login needed: POST /api/auth/pin',
  403: 'Not for this origin, page or host name',
  404: 'There is no such thing',
  413: 'The body is too large',
  415: 'Bodies are application/json',
  429: 'Too many requests',
  503: 'Starting, stopping, or something needed is away',
};

/**
 * Adds to a document made from the routes what is the same for all of them: the faults and their shape, who needs a session,
 * what well-known parameters mean, the schemas that answers refer to, and examples. Changes `document` and returns it.
 * @param isPublic Whether a route, such as "GET /health", answers without a session.
 */
export function completeDocument(
  document: OpenAPIObject,
  isPublic: (route: string) => boolean,
): OpenAPIObject {
  const problem = componentOf(problemSchema);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      const open = isPublic(`${method.toUpperCase()} ${path}`);
      if (open) operation.security = [];
      explainParameters(operation);
      for (const status of faultsOf(operation, { path, method, open })) {
        operation.responses[status] ??= { description: FAULTS[status] ?? '' };
      }
      for (const [status, answer] of Object.entries(operation.responses)) {
        if (Number(status) >= 400) asProblem(answer as Answer, Number(status), problem);
      }
    }
  }
  document.security = [{ [SESSION]: [] }];
  document.tags = Object.entries(TAGS).map(([name, description]) => ({ name, description }));
  document.components = {
    ...document.components,
    schemas: { ...knownComponents(), ...document.components?.schemas },
    securitySchemes: {
      [SESSION]: {
        type: 'apiKey',
        in: 'cookie',
        name: '__Host-st_sid',
        description:
          'Set by POST /api/auth/pin; `st_sid` where there is no TLS. Without APP_PIN none is needed.',
      },
    },
  };
  tidySchemas(document);
  for (const item of Object.values(document.paths))
    for (const method of METHODS) giveExamples(item[method], document.components.schemas ?? {});
  return document;
}

/** An example beside every shape that is sent or answered. */
function giveExamples(operation: Operation | undefined, components: Components): void {
  const { requestBody, responses = {} } = operation ?? {};
  for (const part of [requestBody, ...Object.values(responses)]) {
    if (part === undefined || '$ref' in part) continue;
    for (const content of Object.values(part.content ?? {}))
      if (content.schema !== undefined && content.example === undefined && content.examples === undefined)
        content.example = exampleOf(content.schema, components);
  }
}

function explainParameters({ parameters = [] }: Operation): void {
  for (const parameter of parameters) {
    if ('$ref' in parameter) continue;
    const note = PARAMETER_NOTES[parameter.name];
    parameter.description ??= note?.description ?? '';
    const choices = (parameter.schema as { readonly enum?: readonly unknown[] } | undefined)?.enum;
    const isChoice = choices === undefined || choices.includes(note?.example);
    const example: unknown = parameter.example ?? (isChoice ? note?.example : choices[0]);
    if (example === undefined || parameter.required === true) parameter.example = example;
    else {
      // The page sends what stands first wherever somebody tries a route: what may be left out is left out.
      delete parameter.example;
      parameter.examples = { none: { summary: 'left out' }, given: { value: example } };
    }
  }
}

/** Which faults a route can have, besides those it tells of itself. */
function faultsOf(
  { parameters = [], requestBody }: Operation,
  { path, method, open }: { path: string; method: string; open: boolean },
): number[] {
  const isProbe = path === '/health' || path === '/ready';
  const has: readonly (readonly [status: number, isSo: boolean])[] = [
    [400, parameters.length > 0 || requestBody !== undefined],
    [401, !open],
    [403, !isProbe && (!open || method !== 'get')],
    [404, path.includes('{')],
    [413, requestBody !== undefined],
    [415, requestBody !== undefined],
    [429, !isProbe],
    [503, path !== '/health'],
  ];
  return has.flatMap(([status, isSo]) => (isSo ? [status] : []));
}

function asProblem(answer: Answer, status: number, schema: ReturnType<typeof componentOf>): void {
  const example = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: `${answer.description}.`,
    ...(status === 400 && { errors: [{ path: 'timeframe', message: 'must be one of 1m, 2m, 5m' }] }),
  };
  answer.content ??= { 'application/problem+json': { schema, example } };
  if (status === 429 || status === 503) answer.headers ??= RETRY_AFTER;
}

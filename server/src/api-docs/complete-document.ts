import { STATUS_CODES } from 'node:http';
import { problemSchema } from '@libs/contract';
import type { OpenAPIObject } from '@nestjs/swagger';
import { componentOf, knownComponents } from './components.js';
import { PARAMETER_NOTES } from './parameter-notes.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Answer = Exclude<Operation['responses'][string], { $ref: string } | undefined>;

const METHODS = ['get', 'post', 'put', 'delete', 'patch'] as const;
const SESSION = 'session';

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds after which to try again', schema: { type: 'integer', minimum: 1 } },
} as const;

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
 * what well-known parameters mean, and the schemas that answers refer to. Changes `document` and returns it.
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
  return document;
}

function explainParameters({ parameters = [] }: Operation): void {
  for (const parameter of parameters) {
    if ('$ref' in parameter) continue;
    const note = PARAMETER_NOTES[parameter.name];
    parameter.description ??= note?.description ?? '';
    if (note !== undefined) parameter.example ??= note.example;
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
  };
  answer.content ??= { 'application/problem+json': { schema, example } };
  if (status === 429 || status === 503) answer.headers ??= RETRY_AFTER;
}

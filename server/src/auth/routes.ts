/** Everything that answers without a session, besides the files of the dashboard. `@Public()` marks the same handlers. */
export const PUBLIC_ROUTES: ReadonlySet<string> = new Set([
  'GET /health',
  'GET /ready',
  'POST /api/auth/pin',
  'GET /api/auth/session',
]);

/** What operators' programs may read with a token or from a network of theirs. */
const OPERATOR_PATHS = /^\/api\/(metrics|diag|docs|docs-json|docs-yaml)(\/|$)/;
const STREAM_PATHS = /^\/(realtime\/sse|stream\/market)$/;
const DATA_PATHS = /^\/(api|tools|realtime|stream|health|ready|ws|voice)(\/|$)/;

/** What the access gate makes of a path. */
export interface RouteClass {
  /** Whether a session is needed. */
  readonly isGuarded: boolean;
  /** Whether operators' programs may read it as well. */
  readonly isForOperators: boolean;
  /** Whether the answer is a stream that ends with its session. */
  readonly isStream: boolean;
  /** Whether balancers and kubelets ask it, under whatever name they know the process by. */
  readonly isProbe: boolean;
}

/** Class of a request. Paths are compared as the router does: in any case, with or without a slash at the end. */
export function classify(method: string, path: string): RouteClass {
  const plain = (path.length > 1 ? path.replace(/\/+$/, '') : path).toLowerCase();
  const asked = method === 'HEAD' ? 'GET' : method;
  const isRead = asked === 'GET';
  return {
    isGuarded: DATA_PATHS.test(plain) && !PUBLIC_ROUTES.has(`${asked} ${plain}`),
    isForOperators: isRead && OPERATOR_PATHS.test(plain),
    isStream: isRead && STREAM_PATHS.test(plain),
    isProbe: isRead && (plain === '/health' || plain === '/ready'),
  };
}

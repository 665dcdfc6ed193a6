import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import { PROJECT_ROOT } from '../common/project-root.js';

const NONCE_PLACEHOLDER = '__CSP_NONCE__';
const SYMBOL_PLACEHOLDER = '__DEFAULT_SYMBOL__';
const LOGIN_PLACEHOLDER = '__LOGIN__';
/** Built files carry a hash of their content in the name, so a name never changes its content. */
const HASHED_NAME = /-[\w-]{8}\.(js|css|woff2)(\.br|\.gz)?$/;
/** Files that the build has put compressed copies of beside. */
const COMPRESSIBLE = /^\/[\w.-]+\.(js|css|svg|webmanifest)$/;
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** Where `ng build` puts the dashboard. */
const BROWSER_DIR = fileURLToPath(new URL('dist/client/browser/', PROJECT_ROOT));

/** Whether the desk has a login, and how it stands with whoever asks for the page. */
export type LoginState = 'none' | 'open' | 'needed';

/** What the page is told before it asks for anything. */
export interface PageFacts {
  /** The symbol to show first. */
  readonly defaultSymbol: string;
  readonly loginOf: (request: Request) => LoginState;
}

/**
 * Serves the built dashboard from the same port as the API: static files by name, the page itself for every other path
 * outside the API, with the nonce of its answer for the style elements the framework adds.
 */
export function serveDashboard(app: NestExpressApplication, { defaultSymbol, loginOf }: PageFacts): void {
  // Beside the application, not in it: in it, every answer of the API would be looked for among the files first.
  const files = new ExpressAdapter();
  files.getInstance<Express>().disable('x-powered-by');
  files.useStaticAssets(BROWSER_DIR, {
    index: false,
    setHeaders: (response: Response, file: string) => {
      const lasts = HASHED_NAME.test(file);
      response.setHeader('Cache-Control', lasts ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  const serveFile = files.getInstance<RequestHandler>();
  app.use((request: Request, response: Response, next: NextFunction) => {
    if (isData(request)) {
      next();
      return;
    }
    preferCompressed(request, response);
    serveFile(request, response, next);
  });
  app.use((request: Request, response: Response, next: NextFunction) => {
    if (!isPage(request)) {
      next();
      return;
    }
    const page = readPage();
    if (page === null) {
      response.status(503).type('text/plain').send('The dashboard is not built yet: run npm run build.\n');
      return;
    }
    const nonce = String(response.locals['cspNonce']);
    response.setHeader('Cache-Control', 'no-store');
    response
      .type('html')
      .send(
        page
          .replaceAll(NONCE_PLACEHOLDER, nonce)
          .replaceAll(SYMBOL_PLACEHOLDER, defaultSymbol)
          .replaceAll(LOGIN_PLACEHOLDER, loginOf(request)),
      );
  });
}

/** Asks for the compressed copy of a file, where there is one and whoever asks can read it. */
function preferCompressed(request: Request, response: Response): void {
  const file = request.path;
  if (!COMPRESSIBLE.test(file) || (request.method !== 'GET' && request.method !== 'HEAD')) return;
  response.vary('Accept-Encoding');
  for (const [encoding, ending] of ENCODINGS) {
    if (request.acceptsEncodings(encoding) === false || !existsSync(BROWSER_DIR + file.slice(1) + ending))
      continue;
    response.type(path.extname(file)).setHeader('Content-Encoding', encoding);
    request.url = file + ending;
    return;
  }
}

/** Paths that never are a file or a page, so that nothing is looked up for them. The API's own documentation is a page. */
export function isData({ path }: Request): boolean {
  return /^\/(api(?!\/docs)|tools|realtime|stream|health|ready|ws|voice)(\/|$)/i.test(path);
}

/** The paths the dashboard's router owns: pages, not files and not the API. */
function isPage({ method, path }: Request): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  return (
    path === '/' || !/^\/(api|tools|realtime|stream|health|ready|ws|voice)(\/|$)|\.[a-z0-9]+$/i.test(path)
  );
}

let cachedPage: string | null = null;

function readPage(): string | null {
  if (cachedPage !== null) return cachedPage;
  try {
    cachedPage = readFileSync(new URL('dist/client/browser/index.html', PROJECT_ROOT), 'utf8');
  } catch {
    return null; // Not built: the caller says so. Looked up again next time, so that a build mends it.
  }
  return cachedPage;
}

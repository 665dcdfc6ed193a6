import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** The page of the API's documentation, without the inline styles its own one has: our policy lets none through. */
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Spotlight Trader API</title>
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
    <link rel="stylesheet" href="/api/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/swagger-ui-standalone-preset.js"></script>
    <script src="/api/docs/swagger-ui-init.js"></script>
  </body>
</html>
`;

/** The one style element that page's own program adds; another version of it may want another hash, and a test says so. */
const STYLE_HASH = "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='";

/** Answers `GET /api/docs` itself; the files it names come from the documentation's own package. */
export function apiDocsPage(): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const isPage = request.method === 'GET' || request.method === 'HEAD';
    if (!isPage || !/^\/api\/docs\/?$/i.test(request.path)) {
      next();
      return;
    }
    const policy = String(response.getHeader('Content-Security-Policy') ?? '');
    response.setHeader(
      'Content-Security-Policy',
      policy.replace("style-src 'self'", `style-src 'self' ${STYLE_HASH}`),
    );
    response.setHeader('Cache-Control', 'no-store');
    response.type('html').send(PAGE);
  };
}

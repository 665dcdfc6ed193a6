import type { IncomingMessage } from 'node:http';

/** Bound to this host, to TLS and to the whole of the site, by its name alone. */
const SECURE_NAME = '__Host-st_sid';
/** Browsers refuse the name above without TLS. */
const PLAIN_NAME = 'st_sid';

/** How the cookie of a connection looks. */
export interface CookieManner {
  readonly isSecure: boolean;
  /** Whether pages elsewhere may show the desk in a frame. */
  readonly isFramed: boolean;
}

/** `Set-Cookie` for a new session. `maxAgeS`: the longest it may last; the server ends an idle one earlier. */
export function sessionCookie(token: string, maxAgeS: number, manner: CookieManner): string {
  return `${nameFor(manner)}=${token}; Max-Age=${maxAgeS}; ${attributes(manner)}`;
}

/** `Set-Cookie` that removes it. */
export function expiredCookie(manner: CookieManner): string {
  return sessionCookie('', 0, manner);
}

/**
 * Token in the request's cookie, `null` for none. Over TLS only the cookie that was set over TLS counts: the other one may
 * have been put there by somebody on the line. Of several with that name none counts.
 */
export function tokenIn(request: IncomingMessage, isSecure: boolean): string | null {
  const name = nameFor({ isSecure, isFramed: false });
  const header = request.headers.cookie;
  if (header === undefined) return null;
  const found = header
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`));
  return found.length === 1 ? (found[0] as string).slice(name.length + 1) : null;
}

function nameFor({ isSecure }: CookieManner): string {
  return isSecure ? SECURE_NAME : PLAIN_NAME;
}

function attributes({ isSecure, isFramed }: CookieManner): string {
  if (!isSecure) return 'Path=/; HttpOnly; SameSite=Lax';
  return `Path=/; HttpOnly; Secure; ${isFramed ? 'SameSite=None; Partitioned' : 'SameSite=Lax'}`;
}

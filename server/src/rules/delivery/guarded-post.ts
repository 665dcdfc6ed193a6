import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Clock } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import type { Letter } from './letter.js';
import { mayBePublic, publicLookup } from './public-address.js';

/** Characters kept of what went wrong. */
const LONGEST_FAULT = 200;

/** The bounds of a post. */
export interface PostBounds {
  /** For the whole of it, names included. */
  readonly timeoutMs: number;
  /** Whether addresses of this machine and of private networks may be reached, and without TLS. */
  readonly allowsPrivate: boolean;
}

/** The status that came back, or why there is none. */
export type PostOutcome = { readonly status: number } | { readonly fault: string };

/**
 * Posts to an address somebody else chose. The addresses behind a name are judged where the connection is made, so that a
 * name that changes its mind gets nowhere. No redirect is followed and nothing of the answer but its status is kept.
 * Never rejects.
 */
export function guardedPost(
  { url, headers, body }: Letter,
  { timeoutMs, allowsPrivate }: PostBounds,
  clock: Clock,
): Promise<PostOutcome> {
  const { protocol, hostname } = new URL(url);
  if (!allowsPrivate && protocol !== 'https:')
    return Promise.resolve({ fault: 'the address is no https://' });
  if (!allowsPrivate && !mayBePublic(hostname))
    return Promise.resolve({ fault: `${hostname} is no public address` });
  return new Promise((resolve) => {
    const send = protocol === 'https:' ? requestHttps : requestHttp;
    const sent = send(url, {
      method: 'POST',
      headers: {
        ...headers,
        'user-agent': 'Spotlight-Trader',
        'content-length': Buffer.byteLength(body),
      },
      // A connection of its own each time: its addresses are judged each time.
      agent: false,
      ...(allowsPrivate ? {} : { lookup: publicLookup }),
    });
    const cancel = clock.after(timeoutMs, () => {
      end({ fault: `no answer within ${timeoutMs} ms` });
    });
    const end = (outcome: PostOutcome): void => {
      cancel();
      resolve(outcome);
      sent.destroy();
    };
    sent.on('response', ({ statusCode = 0 }) => {
      end({ status: statusCode });
    });
    sent.on('error', (error) => {
      end({ fault: messageOf(error).slice(0, LONGEST_FAULT) });
    });
    sent.on('close', () => {
      end({ fault: 'the connection was closed without an answer' });
    });
    sent.end(body);
  });
}

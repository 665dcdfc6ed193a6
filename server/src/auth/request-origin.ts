import type { IncomingMessage } from 'node:http';
import { placeOf, plainAddress } from '../config/network-place.js';
import type { Env } from '../config/env.schema.js';

/** What is known of where a request came from and under which name it reached us. */
export interface RequestSource {
  /** Address of the client. */
  readonly address: string;
  /** Whether it came over TLS. */
  readonly isSecure: boolean;
  /** `host[:port]` as the client wrote it, in lower case. */
  readonly host: string;
}

/**
 * Where a request came from, with the forwarding headers of `trustedHops` proxies believed and of nobody else. The
 * client's address is the one the outermost trusted proxy saw.
 */
export function sourceOf(request: IncomingMessage, trustedHops: number): RequestSource {
  const peer = plainAddress(request.socket.remoteAddress ?? '');
  const isTls = 'encrypted' in request.socket;
  const host = request.headers.host ?? '';
  if (trustedHops === 0) return { address: peer, isSecure: isTls, host: host.toLowerCase() };
  const hops = [peer, ...listOf(request.headers['x-forwarded-for']).map(plainAddress).reverse()];
  const [protocol = isTls ? 'https' : 'http'] = listOf(request.headers['x-forwarded-proto']);
  const [forwardedHost = host] = listOf(request.headers['x-forwarded-host']);
  return {
    address: hops[Math.min(trustedHops, hops.length - 1)] ?? peer,
    isSecure: protocol === 'https',
    host: forwardedHost.toLowerCase(),
  };
}

/** `example.com` of `example.com:8080`, `::1` of `[::1]:8080`. */
export function hostNameOf(host: string): string {
  return host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

/** Names whose verdict is remembered; every request asks for one, and few are ever used. */
const MOST_NAMES = 100;

/** Names and origins the desk answers to, by its settings. */
export class OriginRules {
  private readonly origins: ReadonlySet<string>;
  private readonly hosts: ReadonlySet<string>;
  private readonly hasLogin: boolean;
  private readonly verdicts = new Map<string, boolean>();

  constructor(env: Pick<Env, 'APP_PIN' | 'APP_ORIGIN' | 'ADMIN_ORIGIN'>) {
    this.origins = new Set([...(env.APP_ORIGIN ?? []), ...(env.ADMIN_ORIGIN ?? [])]);
    this.hosts = new Set((env.APP_ORIGIN ?? []).map((origin) => new URL(origin).host));
    this.hasLogin = env.APP_PIN !== undefined;
  }

  /** Origins other than its own whose pages may call the API. */
  get allowed(): readonly string[] {
    return [...this.origins];
  }

  /**
   * Whether the desk answers under this name. A foreign one is a page elsewhere whose name was made to point here (DNS
   * rebinding), or a public name that nobody told us of.
   */
  answersTo(host: string): boolean {
    const known = this.verdicts.get(host);
    if (known !== undefined) return known;
    const verdict = this.judge(host);
    if (this.verdicts.size >= MOST_NAMES) this.verdicts.clear();
    this.verdicts.set(host, verdict);
    return verdict;
  }

  private judge(host: string): boolean {
    if (this.hosts.has(host)) return this.hasLogin || placeOf(hostNameOf(host)) === 'loopback';
    const place = placeOf(hostNameOf(host));
    return place === 'loopback' || (this.hasLogin && place === 'private');
  }

  /** Whether a page of this origin may change something or open a socket: our own pages, and those that are listed. */
  allows(origin: string, { isSecure, host }: RequestSource): boolean {
    return this.origins.has(origin) || origin === `${isSecure ? 'https' : 'http'}://${host}`;
  }
}

/** Whether a plain connection may carry a session: never over the internet. */
export function isPlainHttpAcceptable({ address, host }: RequestSource): boolean {
  return placeOf(address) !== 'public' && placeOf(hostNameOf(host)) !== 'public';
}

function listOf(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

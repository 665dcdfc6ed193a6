import type { IncomingMessage } from 'node:http';

/** Who sent a request. */
export interface Identity {
  /**
   * `owner`: there is no login, and whoever reaches this machine's own address is its owner. `session`: somebody who
   * gave the PIN. `scraper`: a program that may read what operators read, and nothing else.
   */
  readonly kind: 'owner' | 'session' | 'scraper';
  /** Owner of everything the request makes and reads. */
  readonly userId: number;
  /** Hash of the session's id; `null` without one. */
  readonly sessionHash: string | null;
}

/** One PIN means one user: the one the first migration made. */
export const OWNER_ID = 1;

const identities = new WeakMap<IncomingMessage, Identity>();

/** Remembers who sent a request, for everything that answers it. */
export function setIdentity(request: IncomingMessage, identity: Identity): void {
  identities.set(request, identity);
}

/** Who sent this request; `null` for a stranger. Known from the moment the access gate let it pass. */
export function identityOf(request: IncomingMessage): Identity | null {
  return identities.get(request) ?? null;
}

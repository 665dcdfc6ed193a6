import { badField } from '../../common/problem.exception.js';
import type { Env } from '../../config/env.schema.js';
import { mayBePublic } from './public-address.js';

/** Throws 400 for an address that may not be reached from here, as far as that can be told before anything is sent. */
export function demandReachable(
  url: string,
  field: string,
  { DELIVERY_PRIVATE: allowsPrivate }: Pick<Env, 'DELIVERY_PRIVATE'>,
): void {
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== '' || password !== '') throw badField(field, 'must hold no user name or password');
  if (allowsPrivate) return;
  if (protocol !== 'https:') throw badField(field, 'must begin with https://');
  if (!mayBePublic(hostname))
    throw badField(field, `names ${hostname}, which is no public host; DELIVERY_PRIVATE=on allows it`);
}

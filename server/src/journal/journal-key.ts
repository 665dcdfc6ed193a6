import { bookOf, type Fill } from '@libs/journal';
import { createHash } from 'node:crypto';

/** Characters of base64url that name 132 bits: two fills of a journal never share them. */
const KEY_CHARACTERS = 22;

/** Short key of an identity that may be as long as a fill's content, for rows and paths. */
export function keyOf(identity: string): string {
  return createHash('sha256').update(identity).digest('base64url').slice(0, KEY_CHARACTERS);
}

/** Short key of the book a fill is matched in. */
export function bookKeyOf(fill: Fill): string {
  return keyOf(bookOf(fill));
}

/** A fill's id in the API. */
export const fillApiId = (fillKey: string): string => `f-${fillKey}`;
/** A trade's id in the API: the key of the fill that opened it. */
export const tradeApiId = (fillKey: string): string => `t-${fillKey}`;

const API_ID = /^[ft]-([\w-]{22})$/;

/** Key in an id of the API; `null` for what is none. */
export function keyInApiId(id: string): string | null {
  return API_ID.exec(id)?.[1] ?? null;
}

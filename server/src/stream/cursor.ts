import type { Seq } from '@libs/bars';

/** Place of a client in the bar log: everything up to and including `offset` has reached it. */
export interface LogCursor {
  readonly epochId: string;
  readonly offset: number;
}

/** What a client's `Last-Event-ID` turned out to be. */
export type ParsedCursor =
  | ({ readonly kind: 'cursor' } & LogCursor)
  /** A bare whole number, for people with curl: the newest seq they have. */
  | { readonly kind: 'seq'; readonly seq: Seq }
  | { readonly kind: 'unknown' };

const CURSOR = /^(e[0-9a-f]{12})-(\d{1,15})$/;
const BARE_SEQ = /^\d{1,15}$/;

/** The text of a cursor as it stands in the `id` of an event. Opaque to clients; short ASCII without spaces or commas. */
export function formatCursor({ epochId, offset }: LogCursor): string {
  return `${epochId}-${offset}`;
}

/** Reads what a client shows as its cursor. Never throws: what makes no sense is `unknown` and answered by a verdict. */
export function parseCursor(text: string): ParsedCursor {
  const [, epochId, offset] = CURSOR.exec(text) ?? [];
  if (epochId !== undefined) return { kind: 'cursor', epochId, offset: Number(offset) };
  return BARE_SEQ.test(text) ? { kind: 'seq', seq: Number(text) } : { kind: 'unknown' };
}

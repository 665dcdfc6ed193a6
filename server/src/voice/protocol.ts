import { randomBytes } from 'node:crypto';
import type { ServerEvent } from './coach-link.port.js';

/** A fresh id such as `item_3f…`. */
export function newId(kind: 'event' | 'item' | 'resp' | 'sess' | 'conv'): string {
  return `${kind}_${randomBytes(10).toString('hex')}`;
}

/** What an `error` event says. */
export interface ProtocolFault {
  readonly type?: 'invalid_request_error' | 'server_error';
  readonly code: string;
  readonly message: string;
  readonly param?: string;
  /** `event_id` of the client's event that caused it. */
  readonly eventId?: string | undefined;
}

/** An `error` event as clients of the protocol know it. */
export function errorEvent({ type, code, message, param, eventId }: ProtocolFault): ServerEvent {
  return {
    type: 'error',
    event_id: newId('event'),
    error: {
      type: type ?? 'invalid_request_error',
      code,
      message,
      param: param ?? null,
      event_id: eventId ?? null,
    },
  };
}

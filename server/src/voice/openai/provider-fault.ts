import type { ServerEvent } from '../coach-link.port.js';
import { errorEvent } from '../protocol.js';

/** After these the provider will not answer, however often it is asked. */
const FATAL = new Set([
  'invalid_api_key',
  'model_not_found',
  'beta_api_shape_disabled',
  'insufficient_quota',
]);

/** An `error` event of the provider as it is meant here. */
export interface ProviderFault {
  readonly code: string;
  readonly isFatal: boolean;
  /** As the client is told of it. */
  readonly event: ServerEvent;
}

export function readFault(event: ServerEvent): ProviderFault {
  const given = event['error'] as {
    code?: string | null;
    message?: string;
    param?: string | null;
    event_id?: string | null;
  };
  const code = given.code ?? 'server_error';
  const isFatal = FATAL.has(code);
  const message = isFatal
    ? "The coach's provider refuses: look at its key, model and quota."
    : (given.message ?? code).slice(0, 300);
  return {
    code,
    isFatal,
    event: errorEvent({
      code,
      message,
      ...(typeof given.param === 'string' && { param: given.param }),
      eventId: given.event_id ?? undefined,
    }),
  };
}

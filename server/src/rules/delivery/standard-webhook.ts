import { createHmac, randomBytes } from 'node:crypto';
import type { EpochMs } from '@libs/bars';
import type { Letter } from './letter.js';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** A secret for one webhook, shown once and then only used to sign. */
export function newWebhookSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/**
 * What is posted to a webhook, signed after Standard Webhooks (standardwebhooks.com): HMAC-SHA256 over
 * `<id>.<unix seconds>.<body>`. The time is part of it, so that a receiver can refuse what was recorded and sent again.
 */
export function webhookLetter(
  { url, secret }: { readonly url: string; readonly secret: string },
  { eventId, body }: { readonly eventId: string; readonly body: string },
  nowMs: EpochMs,
): Letter {
  const seconds = Math.floor(nowMs / 1_000);
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const digest = createHmac('sha256', key).update(`${eventId}.${seconds}.${body}`).digest('base64');
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': eventId,
    'webhook-id': eventId,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${digest}`,
  };
  return { url, headers, body };
}

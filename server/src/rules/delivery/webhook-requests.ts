import * as z from 'zod';

const BAR_START_MS = 1_762_874_040_000;
const whole = z.number().int();

/** Body of `POST /api/webhooks`. */
export const webhookDraftSchema = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'url must look like https://host/path' })
      .max(2_000, 'url is too long'),
  })
  .meta({ id: 'WebhookDraft', example: { url: 'https://hooks.example/alerts' } });
export type WebhookDraft = z.infer<typeof webhookDraftSchema>;

const webhook = {
  id: z.string(),
  url: z.string(),
  created: whole.describe('UTC epoch milliseconds'),
};
const EXAMPLE = {
  id: 'w3f9a0b1c2d4e5f60',
  url: 'https://hooks.example/alerts',
  created: BAR_START_MS,
};

/** A webhook as it is listed: without its secret. */
export const webhookSchema = z.object(webhook).meta({ id: 'Webhook', example: EXAMPLE });
export type Webhook = z.infer<typeof webhookSchema>;

/** A webhook that was just made, with the secret its deliveries are signed with; it is shown this once. */
export const newWebhookSchema = z
  .object({ ...webhook, secret: z.string().describe('whsec_ and 32 bytes in Base64; shown this once') })
  .meta({
    id: 'NewWebhook',
    example: { ...EXAMPLE, secret: 'whsec_bm90IGEgc2VjcmV0LCBidXQgMzIgYnl0ZXMgbG9uZyE=' },
  });
export type NewWebhook = z.infer<typeof newWebhookSchema>;

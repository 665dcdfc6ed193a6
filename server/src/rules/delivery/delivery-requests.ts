import * as z from 'zod';

const BAR_START_MS = 1_762_874_040_000;
const whole = z.number().int();

/** A line of the log of deliveries. */
export const deliverySchema = z
  .object({
    id: z.string(),
    target: z.string().describe('id of the webhook or the device'),
    kind: z.enum(['webhook', 'push']),
    event: z.string().describe('the same at every try; webhooks are sent it as Idempotency-Key'),
    signal: z.string().describe('GET /api/signals/{id} has its receipt'),
    title: z.string().describe('symbol and rule'),
    bar_start: whole.describe('of the bar it was raised at, UTC epoch milliseconds'),
    state: z.enum(['waiting', 'delivered', 'failed']),
    attempts: whole.min(0),
    due: whole.nullable().describe('when it is tried next; null once it is over'),
    tried: whole.nullable().describe('when it was tried last'),
    outcome: z.string().nullable().describe('what came of the last try'),
  })
  .meta({
    id: 'Delivery',
    example: {
      id: '42',
      target: 'w3f9a0b1c2d4e5f60',
      kind: 'webhook',
      event: '3q2-7wAAAAAA:r-b6e3ea00b5fc:SPY:1m:29381234',
      signal: 'r-b6e3ea00b5fc:SPY:1m:29381234',
      title: 'SPY VWAP reclaim',
      bar_start: BAR_START_MS,
      state: 'delivered',
      attempts: 1,
      due: null,
      tried: BAR_START_MS + 61_400,
      outcome: 'status 204',
    },
  });
export type Delivery = z.infer<typeof deliverySchema>;

/** What a test came to. */
export const deliveryTestSchema = z
  .object({ accepted: z.boolean(), outcome: z.string().describe('a status, or why there was none') })
  .meta({ id: 'DeliveryTest', example: { accepted: true, outcome: 'status 204' } });
export type DeliveryTest = z.infer<typeof deliveryTestSchema>;

/** Query of `GET /api/deliveries`. */
export const deliveriesQuerySchema = z.object({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'limit must be a whole number')
    .transform(Number)
    .refine((value) => value >= 1 && value <= 500, 'limit must be between 1 and 500')
    .meta({ type: 'integer', minimum: 1, maximum: 500 })
    .default(50),
});
export type DeliveriesQuery = z.infer<typeof deliveriesQuerySchema>;

import * as z from 'zod';
import { arePushKeys } from './aes128gcm.js';

const BASE64_URL = /^[\w-]{1,200}$/;
const P256DH = 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4';

/** Body of `POST /api/push`: what the browser's `PushSubscription` says of itself, and a name for the device. */
export const pushDraftSchema = z
  .strictObject({
    endpoint: z
      .url({ protocol: /^https?$/, error: 'endpoint must look like https://host/path' })
      .max(2_000, 'endpoint is too long'),
    keys: z
      .strictObject({
        p256dh: z
          .string()
          .regex(BASE64_URL)
          .describe('public key of the browser, 65 bytes in Base64 for URLs'),
        auth: z.string().regex(BASE64_URL).describe('16 bytes in Base64 for URLs'),
      })
      .refine(arePushKeys, 'keys must be a point of P-256 and 16 bytes, in Base64 for URLs'),
    device: z.string().trim().min(1).max(80).describe('name by which its owner knows it'),
  })
  .meta({
    id: 'PushDraft',
    example: {
      endpoint: 'https://push.example/send/3q2-7w',
      keys: { p256dh: P256DH, auth: 'BTBZMqHH6r4Tts7J_aSIgg' },
      device: 'Chrome on Android',
    },
  });
export type PushDraft = z.infer<typeof pushDraftSchema>;

const DEVICE = { id: 'p3f9a0b1c2d4e5f60', device: 'Chrome on Android', created: 1_762_874_040_000 };

/** A device that is told of alerts. */
export const pushDeviceSchema = z
  .object({
    id: z.string(),
    device: z.string(),
    created: z.number().int().describe('UTC epoch milliseconds'),
  })
  .meta({ id: 'PushDevice', example: DEVICE });
export type PushDevice = z.infer<typeof pushDeviceSchema>;

/** Answer of `GET /api/push`. */
export const pushStateSchema = z
  .object({
    publicKey: z.string().describe('applicationServerKey to subscribe with, Base64 for URLs'),
    devices: z.array(pushDeviceSchema).describe('oldest first'),
  })
  .meta({ id: 'PushState', example: { publicKey: P256DH, devices: [DEVICE] } });
export type PushState = z.infer<typeof pushStateSchema>;

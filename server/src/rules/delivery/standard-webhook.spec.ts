import { describe, expect, it } from '@jest/globals';
import { newWebhookSecret, webhookLetter } from './standard-webhook.js';

describe('signing after Standard Webhooks', () => {
  it('gives the signature of the specification’s own example', () => {
    const { headers, body } = webhookLetter(
      { url: 'https://hooks.example/', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
      { eventId: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' },
      1_614_265_330_999,
    );
    expect(body).toBe('{"test": 2432232314}');
    expect(headers).toEqual({
      'content-type': 'application/json',
      'idempotency-key': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('makes secrets of 32 bytes, no two alike', () => {
    const secrets = Array.from({ length: 100 }, newWebhookSecret);
    expect(new Set(secrets).size).toBe(100);
    for (const secret of secrets)
      expect(Buffer.from(secret.replace('whsec_', ''), 'base64')).toHaveLength(32);
  });
});

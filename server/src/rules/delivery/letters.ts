import { Inject, Injectable } from '@nestjs/common';
import type { AlertEvent } from '@libs/contract';
import { createHash } from 'node:crypto';
import { Clock } from '../../common/clock.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';
import type { Letter } from './letter.js';
import { sealPush } from './push/aes128gcm.js';
import { VapidKeys } from './push/vapid-keys.js';
import { webhookLetter } from './standard-webhook.js';
import type { Target } from './target-store.js';

/** How long a push service keeps a message for a device that is away: after that the alert is history. */
const PUSH_LASTS_S = 4 * 3_600;
/** Characters of the explanation in a notification; the receipt has all of it. */
const LONGEST_WORDS = 300;
const TOPIC_LENGTH = 32;

/** What a notification on a device says. No figure of an account, no key: devices show it on a locked screen. */
export interface PushMessage {
  /** Id of the signal whose receipt a click opens; two of the same id are shown as one. */
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly isUrgent: boolean;
}

/** Somewhere a letter goes to. */
type Addressee = Pick<Target, 'kind' | 'url' | 'keys'>;

/** Writes what is posted to each kind of target. */
@Injectable()
export class Letters {
  constructor(
    private readonly vapid: VapidKeys,
    private readonly clock: Clock,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /** An alert, whose JSON is `body`. Rejects while the desk's keys cannot be read. */
  ofAlert(target: Addressee, eventId: string, body: string): Promise<Letter> {
    if (target.kind === 'webhook') return Promise.resolve(this.toWebhook(target, eventId, body));
    const { id, symbol, rule, explanation, severity } = JSON.parse(body) as AlertEvent;
    return this.toDevice(target, eventId, {
      id,
      title: `${symbol} ${rule.name}`,
      body: explanation.length > LONGEST_WORDS ? `${explanation.slice(0, LONGEST_WORDS)}…` : explanation,
      isUrgent: severity === 'urgent',
    });
  }

  /** A test, which says that it is one. */
  ofTest(target: Addressee, eventId: string): Promise<Letter> {
    if (target.kind === 'webhook') {
      const body = JSON.stringify({ test: true, id: eventId });
      return Promise.resolve(this.toWebhook(target, eventId, body));
    }
    const words = { title: 'Spotlight Trader', body: 'A test: alerts come like this.' };
    return this.toDevice(target, eventId, { id: eventId, ...words, isUrgent: false });
  }

  private toWebhook({ url, keys }: Addressee, eventId: string, body: string): Letter {
    return webhookLetter({ url, secret: keys['secret'] ?? '' }, { eventId, body }, this.clock.nowMs());
  }

  private async toDevice({ url, keys }: Addressee, eventId: string, message: PushMessage): Promise<Letter> {
    const { p256dh = '', auth = '' } = keys;
    const headers = {
      authorization: await this.vapid.authorization(url, this.env.PUSH_CONTACT, this.clock.nowMs()),
      'content-type': 'application/octet-stream',
      'content-encoding': 'aes128gcm',
      ttl: String(PUSH_LASTS_S),
      urgency: message.isUrgent ? 'high' : 'normal',
      // A repetition replaces what the push service has not handed on yet.
      topic: createHash('sha256').update(eventId).digest('base64url').slice(0, TOPIC_LENGTH),
    };
    return { url, headers, body: sealPush(JSON.stringify(message), { p256dh, auth }) };
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { Clock } from '../../common/clock.js';
import { badField, ProblemException } from '../../common/problem.exception.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';
import { Courier, isAccepted, wordsOf } from './courier.js';
import { mayBePublic } from './public-address.js';
import { newWebhookSecret, webhookLetter } from './standard-webhook.js';
import { TargetStore, type Target } from './target-store.js';
import type { DeliveryTest, NewWebhook, Webhook, WebhookDraft } from './webhook-requests.js';

/** Webhooks of one user; bounds what an alert can set off. */
const MOST_WEBHOOKS = 10;
const ID_BYTES = 8;

/** Webhooks: made, tested, deleted. */
@Injectable()
export class WebhooksService {
  /** Webhooks a test is on its way to. */
  private readonly tested = new Set<string>();

  constructor(
    private readonly targets: TargetStore,
    private readonly courier: Courier,
    private readonly clock: Clock,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /** Oldest first. */
  async list(ownerId: number): Promise<Webhook[]> {
    return (await this.targets.list(ownerId, 'webhook')).map(({ id, url, createdMs }) => ({
      id,
      url,
      created: createdMs,
    }));
  }

  /** Makes one. Throws 400 for an address that may not be reached from here, 409 where there are too many. */
  async create(ownerId: number, { url }: WebhookDraft): Promise<NewWebhook> {
    this.demandReachable(url);
    const id = `w${randomBytes(ID_BYTES).toString('hex')}`;
    const created = this.clock.nowMs();
    const secret = newWebhookSecret();
    const target: Target = { id, kind: 'webhook', url, keys: { secret }, createdMs: created };
    if (!(await this.targets.add(ownerId, target, MOST_WEBHOOKS)))
      throw new ProblemException({
        status: 409,
        detail: `There are ${MOST_WEBHOOKS} webhooks, which is the most; delete one first.`,
      });
    return { id, url, created, secret };
  }

  /** Deletes one, with what waits for it. Throws 404. */
  async remove(ownerId: number, id: string): Promise<void> {
    await this.demand(ownerId, id);
    await this.targets.remove(ownerId, 'webhook', id);
  }

  /** Sends a test at once, signed as an alert is. Throws 404, and 429 while another one is on its way. */
  async test(ownerId: number, id: string): Promise<DeliveryTest> {
    const { url, keys } = await this.demand(ownerId, id);
    if (this.tested.has(id))
      throw new ProblemException({
        status: 429,
        detail: 'A test of this webhook is on its way; wait for what comes of it.',
        retryAfterS: 1,
      });
    this.tested.add(id);
    try {
      const eventId = `test:${randomBytes(ID_BYTES).toString('hex')}`;
      const body = JSON.stringify({ test: true, id: eventId });
      const letter = webhookLetter(
        { url, secret: keys['secret'] ?? '' },
        { eventId, body },
        this.clock.nowMs(),
      );
      const outcome = await this.courier.post(letter);
      return { accepted: isAccepted(outcome), outcome: wordsOf(outcome) };
    } finally {
      this.tested.delete(id);
    }
  }

  private async demand(ownerId: number, id: string): Promise<Target> {
    const found = await this.targets.find(ownerId, 'webhook', id);
    if (found === undefined)
      throw new ProblemException({
        status: 404,
        detail: 'There is no such webhook; GET /api/webhooks lists those there are.',
      });
    return found;
  }

  /** What can be told before anything is sent; a name is judged by its addresses each time something is. */
  private demandReachable(url: string): void {
    const { protocol, hostname, username, password } = new URL(url);
    if (username !== '' || password !== '') throw badField('url', 'must hold no user name or password');
    if (this.env.DELIVERY_PRIVATE) return;
    if (protocol !== 'https:') throw badField('url', 'must begin with https://');
    if (!mayBePublic(hostname))
      throw badField('url', `names ${hostname}, which is no public host; DELIVERY_PRIVATE=on allows it`);
  }
}

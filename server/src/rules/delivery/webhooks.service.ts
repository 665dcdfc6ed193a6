import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { Clock } from '../../common/clock.js';
import { ProblemException } from '../../common/problem.exception.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';
import type { DeliveryTest } from './delivery-requests.js';
import { DeliveryTests } from './delivery-tests.js';
import { newWebhookSecret } from './standard-webhook.js';
import { demandReachable } from './target-checks.js';
import { TargetStore, type Target } from './target-store.js';
import type { NewWebhook, Webhook, WebhookDraft } from './webhook-requests.js';

/** Webhooks of one user; bounds what an alert can set off. */
const MOST_WEBHOOKS = 10;
const ID_BYTES = 8;

/** Webhooks: made, tested, deleted. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly targets: TargetStore,
    private readonly tests: DeliveryTests,
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
    demandReachable(url, 'url', this.env);
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
    return this.tests.send(await this.demand(ownerId, id));
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
}

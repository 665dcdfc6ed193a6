import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Clock } from '../../../common/clock.js';
import { ProblemException } from '../../../common/problem.exception.js';
import type { Env } from '../../../config/env.schema.js';
import { ENV } from '../../../config/env.token.js';
import type { DeliveryTest } from '../delivery-requests.js';
import { DeliveryTests } from '../delivery-tests.js';
import { demandReachable } from '../target-checks.js';
import { TargetStore, type Target } from '../target-store.js';
import type { PushDevice, PushDraft, PushState } from './push-requests.js';
import { VapidKeys } from './vapid-keys.js';

/** Devices of one user. */
const MOST_DEVICES = 10;
const ID_LENGTH = 16;

/** Devices that are told of alerts by Web Push. */
@Injectable()
export class PushService {
  constructor(
    private readonly targets: TargetStore,
    private readonly vapid: VapidKeys,
    private readonly tests: DeliveryTests,
    private readonly clock: Clock,
    @Inject(ENV) private readonly env: Env,
  ) {}

  async state(ownerId: number): Promise<PushState> {
    const [publicKey, targets] = await Promise.all([
      this.vapid.publicKey(),
      this.targets.list(ownerId, 'push'),
    ]);
    return { publicKey, devices: targets.map(asDevice) };
  }

  /** Adds a device, or takes its new keys. Throws 400 for an address that may not be reached from here, 409 where there are too many. */
  async add(ownerId: number, { endpoint, keys, device }: PushDraft): Promise<PushDevice> {
    demandReachable(endpoint, 'endpoint', this.env);
    const digest = createHash('sha256').update(`${ownerId} ${endpoint}`).digest('hex');
    const target: Target = {
      id: `p${digest.slice(0, ID_LENGTH)}`,
      kind: 'push',
      url: endpoint,
      keys: { ...keys, device },
      createdMs: this.clock.nowMs(),
    };
    if (!(await this.targets.add(ownerId, target, MOST_DEVICES)))
      throw new ProblemException({
        status: 409,
        detail: `There are ${MOST_DEVICES} devices, which is the most; remove one first.`,
      });
    return asDevice(target);
  }

  /** Removes one, with what waits for it. Throws 404. */
  async remove(ownerId: number, id: string): Promise<void> {
    await this.demand(ownerId, id);
    await this.targets.remove(ownerId, 'push', id);
  }

  /** Sends a test at once. Throws 404, and 429 while another one is on its way. */
  async test(ownerId: number, id: string): Promise<DeliveryTest> {
    return this.tests.send(await this.demand(ownerId, id));
  }

  private async demand(ownerId: number, id: string): Promise<Target> {
    const found = await this.targets.find(ownerId, 'push', id);
    if (found === undefined)
      throw new ProblemException({
        status: 404,
        detail: 'There is no such device; GET /api/push lists those there are.',
      });
    return found;
  }
}

function asDevice({ id, keys, createdMs }: Target): PushDevice {
  return { id, device: keys['device'] ?? '', created: createdMs };
}

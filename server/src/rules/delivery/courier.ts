import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Clock, type CancelTimer } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';
import { guardedPost, type PostOutcome } from './guarded-post.js';
import type { Letter } from './letter.js';
import { Letters } from './letters.js';
import { Outbox, type DeliveryState, type TakenDelivery } from './outbox.js';
import { TargetStore } from './target-store.js';

/** How often the outbox is looked at: an alert is on its way within this and a moment. */
const LOOK_MS = 500;
/** Sent at a time by one instance, and to one target. */
const AT_ONCE = 64;
const AT_ONCE_TO_ONE = 8;
/** On top of what a try may take: when an instance that has taken something is not waited for any longer. */
const LEASE_SLACK_MS = 30_000;
/** Pauses between tries double from here on, up to an hour; after so many tries it is given up, some two hours later. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 3_600_000;
const MOST_ATTEMPTS = 14;
/** How long the log tells of what is over, and of how much of each target. */
const KEPT_MS = 7 * 86_400_000;
const KEPT_PER_TARGET = 1_000;
const SWEEP_MS = 3_600_000;

/**
 * Sends what waits in the outbox, on every instance: each delivery is taken by one of them at a time and tried until it is
 * accepted or given up: at least once, whatever stops in between.
 */
@Injectable()
export class Courier implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('delivery');
  /** What is being sent, by target. */
  private readonly underway = new Map<string, readonly TakenDelivery[]>();
  private readonly sending = new Set<Promise<void>>();
  private cancels: CancelTimer[] = [];
  private look: Promise<void> | null = null;
  private isStopping = false;
  private fault: string | null = null;

  constructor(
    private readonly outbox: Outbox,
    private readonly targets: TargetStore,
    private readonly letters: Letters,
    private readonly clock: Clock,
    @Inject(ENV) private readonly env: Env,
  ) {}

  onApplicationBootstrap(): void {
    this.cancels = [
      this.clock.every(LOOK_MS, () => void this.lookForDue()),
      this.clock.every(SWEEP_MS, () => void this.sweep()),
    ];
  }

  /** Nothing more is taken; what is being sent is waited for, at most as long as a try may take. */
  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    for (const cancel of this.cancels) cancel();
    await this.settle();
  }

  /** Sends what is due; resolves when nothing is left that is. Never rejects. */
  async deliver(): Promise<void> {
    await this.lookForDue();
    await this.settle();
  }

  /** Posts once, under the bounds of the settings. Never rejects. */
  post(letter: Letter): Promise<PostOutcome> {
    const { DELIVERY_TIMEOUT_MS: timeoutMs, DELIVERY_PRIVATE: allowsPrivate } = this.env;
    return guardedPost(letter, { timeoutMs, allowsPrivate }, this.clock);
  }

  /** Whether anything is being taken or sent. */
  get isBusy(): boolean {
    return this.look !== null || this.sending.size > 0;
  }

  private lookForDue(): Promise<void> {
    if (this.isStopping) return Promise.resolve();
    this.look ??= this.takeDue().finally(() => {
      this.look = null;
    });
    return this.look;
  }

  private async takeDue(): Promise<void> {
    try {
      const underway = [...this.underway.values()].reduce((sum, { length }) => sum + length, 0);
      if (underway >= AT_ONCE) return;
      const taken = await this.outbox.take(this.clock.nowMs(), {
        leaseMs: this.env.DELIVERY_TIMEOUT_MS + LEASE_SLACK_MS,
        limit: AT_ONCE - underway,
        perTarget: AT_ONCE_TO_ONE,
        except: [...this.underway.keys()],
      });
      this.tellFault(null);
      for (const [targetId, deliveries] of Map.groupBy(taken, (one) => one.targetId)) {
        this.underway.set(targetId, deliveries);
        const sent = this.sendAll(targetId, deliveries);
        this.sending.add(sent);
        void sent.then(() => this.sending.delete(sent));
      }
    } catch (thrown) {
      // The database is away; it is asked again at the next look.
      this.tellFault(messageOf(thrown));
    }
  }

  /** Never rejects. What more waits for the target follows at once. */
  private async sendAll(targetId: string, deliveries: readonly TakenDelivery[]): Promise<void> {
    try {
      await Promise.all(deliveries.map((delivery) => this.tryOnce(delivery)));
    } catch (thrown) {
      // The database went away: what was sent is due, and sent, again when its lease is over.
      this.tellFault(messageOf(thrown));
    }
    this.underway.delete(targetId);
    if (deliveries.length === AT_ONCE_TO_ONE) void this.lookForDue();
  }

  private async tryOnce(delivery: TakenDelivery): Promise<void> {
    const { id, targetId, attempts, eventId, body } = delivery;
    const outcome = await this.post(await this.letters.ofAlert(delivery, eventId, body));
    if (isDeviceGone(delivery, outcome)) {
      this.logger.log(`device ${targetId} is told of no alert any more: it has unsubscribed`);
      await this.targets.forget(targetId);
      return;
    }
    const triedMs = this.clock.nowMs();
    await this.outbox.note({
      id,
      attempts,
      state: stateAfter(outcome, attempts),
      dueMs: triedMs + pauseMs(attempts),
      triedMs,
      outcome: wordsOf(outcome),
    });
  }

  private async settle(): Promise<void> {
    while (this.isBusy) {
      await this.look;
      await Promise.all(this.sending);
    }
  }

  private async sweep(): Promise<void> {
    try {
      await this.outbox.sweep(this.clock.nowMs() - KEPT_MS, KEPT_PER_TARGET);
    } catch (thrown) {
      this.tellFault(messageOf(thrown));
    }
  }

  private tellFault(fault: string | null): void {
    if (fault === this.fault) return;
    this.fault = fault;
    if (fault === null) this.logger.log('alerts are delivered again');
    else this.logger.error(`alerts wait, as the outbox cannot be used: ${fault}`);
  }
}

/** Pause after a try that failed. */
export function pauseMs(attempts: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1));
}

/** Whether what was posted is the receiver's from now on. */
export function isAccepted(outcome: PostOutcome): boolean {
  return 'status' in outcome && outcome.status >= 200 && outcome.status < 300;
}

/** What came of a try, for its log. */
export function wordsOf(outcome: PostOutcome): string {
  return 'status' in outcome ? `status ${outcome.status}` : outcome.fault;
}

/** What push services answer for a device that has unsubscribed, or whose subscription has run out. */
function isDeviceGone({ kind }: TakenDelivery, outcome: PostOutcome): boolean {
  return kind === 'push' && 'status' in outcome && (outcome.status === 404 || outcome.status === 410);
}

function stateAfter(outcome: PostOutcome, attempts: number): DeliveryState {
  if (isAccepted(outcome)) return 'delivered';
  // Gone is meant for good.
  const isOver = attempts >= MOST_ATTEMPTS || ('status' in outcome && outcome.status === 410);
  return isOver ? 'failed' : 'waiting';
}

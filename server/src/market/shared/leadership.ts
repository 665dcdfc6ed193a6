import { Logger } from '@nestjs/common';
import { BehaviorSubject, type Observable } from 'rxjs';
import type { CancelTimer, Clock } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import type { LeaseStore } from './lease-store.js';

/** How long a lease lasts that is not renewed: a leader that is gone is replaced within this and one period. */
export const LEASE_MS = 3_000;
/** How often a leader renews, and how often the others look whether they may take over. */
export const LEASE_PERIOD_MS = 1_000;

/** Whether this instance holds the feed, and with which fence. */
export type Role = { readonly isLeader: false } | { readonly isLeader: true; readonly fence: number };

const FOLLOWER: Role = { isLeader: false };

/** How leadership is held. */
export interface LeadershipOptions {
  /** Name of this instance, the same after a restart: what it held before, it may take again at once. */
  readonly instanceId: string;
  /** Whether other instances may exist. An embedded database has one process, so its lease is never contended. */
  readonly isShared: boolean;
}

/**
 * Decides which of several instances on one database holds the feed. A leader whose database is away stays leader: nobody
 * else can take over without the database, and whatever it writes is checked against the fence where it arrives.
 */
export class Leadership {
  private readonly logger = new Logger('leader');
  private readonly roles = new BehaviorSubject<Role>(FOLLOWER);
  private stopTimer: CancelTimer | null = null;
  private isAsking = false;

  constructor(
    private readonly leases: LeaseStore,
    private readonly clock: Clock,
    private readonly options: LeadershipOptions,
  ) {}

  /** The role, the present one first. */
  get role$(): Observable<Role> {
    return this.roles;
  }

  get role(): Role {
    return this.roles.value;
  }

  get instanceId(): string {
    return this.options.instanceId;
  }

  /** Asks for the lease once, then goes on asking or renewing until {@link stop}. Rejects when the database is away. */
  async start(): Promise<Role> {
    await this.tryToLead();
    if (this.options.isShared) {
      this.stopTimer = this.clock.every(LEASE_PERIOD_MS, () => {
        void this.ask();
      });
    }
    return this.role;
  }

  /** Told by whoever found that another instance has a higher fence. */
  fencedOff(fence: number): void {
    if (this.role.isLeader && this.role.fence === fence) this.stepDown();
  }

  /** Gives the lease to whoever comes next. Quiet when the database is away: then it runs out by itself. */
  async stop(): Promise<void> {
    this.stopTimer?.();
    const { role } = this;
    if (!role.isLeader) return;
    this.roles.next(FOLLOWER);
    await this.leases.release(role.fence).catch((thrown: unknown) => {
      this.logger.warn(
        `the lease could not be given back and runs out in ${LEASE_MS} ms: ${messageOf(thrown)}`,
      );
    });
  }

  private async ask(): Promise<void> {
    // A database that is slow must not get more and more of these.
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      if (this.role.isLeader) await this.renew(this.role.fence);
      else await this.tryToLead();
    } catch (thrown) {
      this.logger.debug(`the database does not answer who leads: ${messageOf(thrown)}`);
    } finally {
      this.isAsking = false;
    }
  }

  private async tryToLead(): Promise<void> {
    const fence = await this.leases.acquire(this.options.instanceId, LEASE_MS);
    if (fence === null) return;
    if (this.options.isShared)
      this.logger.log(`this instance (${this.instanceId}) holds the feed, fence ${fence}`);
    this.roles.next({ isLeader: true, fence });
  }

  private async renew(fence: number): Promise<void> {
    if (!(await this.leases.renew(fence, LEASE_MS))) this.fencedOff(fence);
  }

  private stepDown(): void {
    this.logger.warn('another instance has taken the feed over; this one follows it');
    this.roles.next(FOLLOWER);
  }
}

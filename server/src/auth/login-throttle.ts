import { Inject, Injectable } from '@nestjs/common';
import { existsSync, rmSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import path from 'node:path';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import { blockedUntilMs, FREE_TRIES, NEVER_MS } from './throttle-policy.js';

/** Whoever runs the machine puts this file into `DATA_DIR` to let people try again after the hard stop. */
export const UNLOCK_FILE = 'unlock-login';
/** Counts of single addresses are forgotten after this. */
const FORGET_ADDRESS_MS = 86_400_000;
/** How long a block is believed without asking the database, where another instance may have lifted it. */
const BELIEVE_MS = 5_000;

/** What comes of asking for a try. */
export type Try =
  | { readonly isAllowed: true; readonly triesLeft: number; readonly pauseAfterMs: number }
  | { readonly isAllowed: false; readonly waitMs: number; readonly isHardStop: boolean };

interface Row {
  readonly bucket: string;
  readonly failures: number;
  /** bigint columns come as text. */
  readonly blocked_until_ms: string;
}

/**
 * Counts failed logins for the account and for each address, in the database: a restart or another instance changes
 * nothing. A try is counted as failed before it is looked at, so that a hundred at once get no more than five answers.
 */
@Injectable()
export class LoginThrottle {
  /** The block the database told of last, and until when that is believed: meanwhile tries do not reach it. */
  private known = { blockedUntilMs: 0, believedUntilMs: 0 };
  private readonly unlockFile: string;

  constructor(
    @Inject(ENV) env: Pick<Env, 'DATA_DIR'>,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {
    this.unlockFile = path.join(env.DATA_DIR, UNLOCK_FILE);
  }

  /** Takes one try for an account from an address, or says how long to wait. Rejects when the database does not answer. */
  async take(userId: number, address: string): Promise<Try> {
    await this.unlockWhereAsked();
    const nowMs = this.clock.nowMs();
    const { blockedUntilMs: untilMs, believedUntilMs } = this.known;
    if (nowMs < Math.min(untilMs, believedUntilMs)) return refused(untilMs, nowMs);
    return this.count([accountBucket(userId), addressBucket(address)], nowMs);
  }

  private async count(buckets: readonly [account: string, address: string], nowMs: number): Promise<Try> {
    const rows = await this.dataSource.transaction(async (manager) => {
      // Locks both rows, the account's first: from here on tries of all instances go one by one.
      const found = await manager.query<Row[]>(
        `INSERT INTO login_throttle (bucket, failures, blocked_until_ms, last_try_ms)
         VALUES ($1, 0, 0, $3), ($2, 0, 0, $3)
         ON CONFLICT (bucket) DO UPDATE SET last_try_ms = login_throttle.last_try_ms
         RETURNING bucket, failures, blocked_until_ms`,
        [...buckets, nowMs],
      );
      const isBlocked = found.some((row) => Number(row.blocked_until_ms) > nowMs);
      const counted = found.map(({ bucket, failures, blocked_until_ms }) => ({
        bucket,
        isBlocked,
        failures: isBlocked ? failures : failures + 1,
        untilMs: isBlocked ? Number(blocked_until_ms) : blockedUntilMs(failures + 1, nowMs),
      }));
      if (isBlocked) return counted;
      for (const { bucket, failures, untilMs } of counted) {
        await manager.query(
          'UPDATE login_throttle SET failures = $2, blocked_until_ms = $3, last_try_ms = $4 WHERE bucket = $1',
          [bucket, failures, untilMs, nowMs],
        );
      }
      return counted;
    });
    const accountUntilMs = rows.find(({ bucket }) => bucket === buckets[0])?.untilMs ?? 0;
    this.known = { blockedUntilMs: accountUntilMs, believedUntilMs: nowMs + BELIEVE_MS };
    const untilMs = Math.max(...rows.map((row) => row.untilMs));
    if (rows.some(({ isBlocked }) => isBlocked)) return refused(untilMs, nowMs);
    const most = Math.max(...rows.map(({ failures }) => failures));
    return {
      isAllowed: true,
      triesLeft: Math.max(0, FREE_TRIES - most),
      pauseAfterMs: untilMs === NEVER_MS ? NEVER_MS : Math.max(0, untilMs - nowMs),
    };
  }

  /** Forgets the failures of an account and of the address that gave its PIN. */
  async forgive(userId: number, address: string): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM login_throttle WHERE bucket IN ($1, $2) OR (bucket LIKE 'address:%' AND last_try_ms < $3)`,
      [accountBucket(userId), addressBucket(address), this.clock.nowMs() - FORGET_ADDRESS_MS],
    );
    this.known = { blockedUntilMs: 0, believedUntilMs: 0 };
  }

  private async unlockWhereAsked(): Promise<void> {
    if (!existsSync(this.unlockFile)) return;
    await this.dataSource.query('DELETE FROM login_throttle');
    this.known = { blockedUntilMs: 0, believedUntilMs: 0 };
    rmSync(this.unlockFile, { force: true });
  }
}

function refused(untilMs: number, nowMs: number): Try {
  return { isAllowed: false, waitMs: untilMs - nowMs, isHardStop: untilMs === NEVER_MS };
}

function accountBucket(userId: number): string {
  return `account:${userId}`;
}

/** A household has a whole network of IPv6 addresses; they are one. */
export function addressBucket(address: string): string {
  return `address:${isIPv6(address) ? `${ipv6Network(address)}/64` : address}`;
}

function ipv6Network(address: string): string {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const filled = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return filled
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}

import { PGlite } from '@electric-sql/pglite';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DataSource, QueryRunner } from 'typeorm';
import { ManualClock } from '../../common/manual-clock.js';
import { LeaderLease1795100000001 } from '../../persistence/migrations/1795100000001-leader-lease.js';
import { LEASE_PERIOD_MS, Leadership } from './leadership.js';
import { LeaseStore } from './lease-store.js';

let db: PGlite;
let leases: LeaseStore;
let isAway = false;

beforeAll(async () => {
  db = await PGlite.create();
  const query = async (sql: string, parameters?: unknown[]): Promise<unknown[]> => {
    if (isAway) throw new Error('the database is away');
    return (await db.query(sql, parameters)).rows;
  };
  await new LeaderLease1795100000001().up({ query } as unknown as QueryRunner);
  leases = new LeaseStore({ query } as unknown as DataSource);
});
afterAll(() => db.close());
beforeEach(async () => {
  isAway = false;
  await db.query(`UPDATE leader_lease SET holder = '', fence = 0, expires_at = '-infinity'`);
  for (const level of ['log', 'warn', 'debug'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
});

/** The lease is over, as far as the database's clock says: tests do not wait for it. */
async function expire(): Promise<void> {
  await db.query(`UPDATE leader_lease SET expires_at = clock_timestamp() - interval '1 s'`);
}

async function start(
  instanceId: string,
  isShared = true,
): Promise<{ leadership: Leadership; clock: ManualClock; tick: () => Promise<void> }> {
  const clock = new ManualClock(0);
  const leadership = new Leadership(leases, clock, { instanceId, isShared });
  await leadership.start();
  const tick = async (): Promise<void> => {
    await clock.advance(LEASE_PERIOD_MS);
    // The database answers some turns later.
    await db.query('SELECT 1');
    await clock.advance(0);
  };
  return { leadership, clock, tick };
}

describe('the lease', () => {
  it('goes to one of many that ask at once', async () => {
    const fences = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => leases.acquire(holder, 3_000)));
    expect(fences.filter((fence) => fence !== null)).toEqual([1]);
  });

  it('goes back to its own holder at once, with a higher fence, and to others only when it is over', async () => {
    expect(await leases.acquire('a', 3_000)).toBe(1);
    expect(await leases.acquire('b', 3_000)).toBeNull();
    expect(await leases.acquire('a', 3_000)).toBe(2);
    await expire();
    expect(await leases.acquire('b', 3_000)).toBe(3);
    expect(await leases.current()).toMatchObject({ holder: 'b', fence: 3 });
  });

  it('is prolonged by the present fence alone, even when it was over and nobody took it', async () => {
    await leases.acquire('a', 3_000);
    await expire();
    expect(await leases.renew(1, 3_000)).toBe(true);
    expect(await leases.acquire('b', 3_000)).toBeNull();
    expect(await leases.renew(0, 3_000)).toBe(false);
  });

  it('given back is free at once, but only by its holder', async () => {
    await leases.acquire('a', 3_000);
    await leases.release(0);
    expect(await leases.acquire('b', 3_000)).toBeNull();
    await leases.release(1);
    expect(await leases.acquire('b', 3_000)).toBe(2);
  });
});

describe('leadership', () => {
  it('is held by the first, and taken over when its lease is over', async () => {
    const first = await start('a');
    const second = await start('b');
    expect([first.leadership.role, second.leadership.role]).toEqual([
      { isLeader: true, fence: 1 },
      { isLeader: false },
    ]);
    await second.tick();
    expect(second.leadership.role.isLeader).toBe(false);
    await expire();
    await second.tick();
    expect(second.leadership.role).toEqual({ isLeader: true, fence: 2 });
    await first.tick();
    expect(first.leadership.role.isLeader).toBe(false);
  });

  it('is kept while the database is away, because nobody else can take it', async () => {
    const { leadership, tick } = await start('a');
    isAway = true;
    await tick();
    await tick();
    expect(leadership.role).toEqual({ isLeader: true, fence: 1 });
    isAway = false;
    await tick();
    expect(leadership.role).toEqual({ isLeader: true, fence: 1 });
  });

  it('ends when a write was fenced off, and not by a late word about an earlier time', async () => {
    const { leadership } = await start('a');
    leadership.fencedOff(0);
    expect(leadership.role.isLeader).toBe(true);
    leadership.fencedOff(1);
    expect(leadership.role.isLeader).toBe(false);
  });

  it('is handed on at once by an instance that stops', async () => {
    const first = await start('a');
    const second = await start('b');
    await first.leadership.stop();
    await second.tick();
    expect(second.leadership.role).toEqual({ isLeader: true, fence: 2 });
  });

  it('stops quietly without the database', async () => {
    const { leadership } = await start('a');
    isAway = true;
    await expect(leadership.stop()).resolves.toBeUndefined();
  });

  it('is asked for once where the database is the process’s own', async () => {
    const { leadership, clock } = await start('a', false);
    expect(leadership.role.isLeader).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });
});

import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ManualClock } from '../common/manual-clock.js';
import type { SecretKeys } from './secret-keys.js';
import type { SessionTable, StoredSession } from './session-table.js';
import { hashOf, newToken } from './session-token.js';
import {
  SESSION_ABSOLUTE_MS,
  SESSION_IDLE_MS,
  SessionService,
  SessionsUnknownError,
} from './session.service.js';

const HOUR_MS = 3_600_000;
const KEY = new Uint8Array(32).fill(3);
const keys = { keyFor: () => KEY } as unknown as SecretKeys;

/** The table as several instances share it. `isAway` is a database that does not answer. */
class SharedTable {
  readonly rows = new Map<string, { userId: number; createdAtMs: number; lastSeenMs: number }>();
  isAway = false;
  lookups = 0;

  add(idHash: string, userId: number, nowMs: number): Promise<readonly string[]> {
    this.rows.set(idHash, { userId, createdAtMs: nowMs, lastSeenMs: nowMs });
    return Promise.resolve([]);
  }

  find(idHash: string): Promise<StoredSession | null> {
    this.lookups++;
    if (this.isAway) return Promise.reject(new Error('ECONNREFUSED'));
    const row = this.rows.get(idHash);
    return Promise.resolve(row === undefined ? null : { ...row });
  }

  touch(idHash: string, nowMs: number): Promise<void> {
    const row = this.rows.get(idHash);
    if (row !== undefined) row.lastSeenMs = nowMs;
    return Promise.resolve();
  }

  remove(idHash: string): Promise<void> {
    this.rows.delete(idHash);
    return Promise.resolve();
  }

  removeAllOf(): Promise<readonly string[]> {
    const hashes = [...this.rows.keys()];
    this.rows.clear();
    return Promise.resolve(hashes);
  }
}

describe('sessions', () => {
  let clock: ManualClock;
  let table: SharedTable;
  let here: SessionService;
  let elsewhere: SessionService;

  const instance = (): SessionService => {
    const service = new SessionService(table as unknown as SessionTable, clock, keys);
    service.onModuleInit();
    return service;
  };

  beforeEach(() => {
    clock = new ManualClock(1_000_000);
    table = new SharedTable();
    here = instance();
    elsewhere = instance();
  });

  it('are there at once, on another instance, and after a restart', async () => {
    const { token } = await here.begin(1);
    expect(here.resolve(token)).toMatchObject({ userId: 1 });
    expect(await elsewhere.resolve(token)).toMatchObject({ userId: 1 });
    expect(await instance().resolve(token)).toMatchObject({ userId: 1 });
    expect([...table.rows.keys()]).toEqual([hashOf(token)]);
  });

  it('cost the database one look in half a minute, however often they are used and by how many at once', async () => {
    const { token } = await here.begin(1);
    await Promise.all(Array.from({ length: 50 }, async () => elsewhere.resolve(token)));
    for (let i = 0; i < 1_000; i++) expect(elsewhere.resolve(token)).not.toBeInstanceOf(Promise);
    expect(table.lookups).toBe(1);
    await clock.advance(30_001);
    await elsewhere.resolve(token);
    expect(table.lookups).toBe(2);
  });

  it('that were made up never reach the database', async () => {
    for (const token of ['', 'x', 'A'.repeat(45), newToken(new Uint8Array(32))]) {
      expect(await here.resolve(token)).toBeNull();
    }
    expect(table.lookups).toBe(0);
  });

  it('end when nobody used them for a day, and last while somebody does', async () => {
    here.onModuleDestroy();
    elsewhere.onModuleDestroy();
    const { token } = await here.begin(1);
    for (let hour = 0; hour < 60; hour += 23) {
      await clock.advance(23 * HOUR_MS);
      expect(await here.resolve(token)).not.toBeNull();
    }
    await clock.advance(SESSION_IDLE_MS);
    expect(await here.resolve(token)).toBeNull();
  });

  it('end after thirty days however much they are used', async () => {
    here.onModuleDestroy();
    elsewhere.onModuleDestroy();
    const { token } = await here.begin(1);
    const days = SESSION_ABSOLUTE_MS / (24 * HOUR_MS);
    for (let half = 1; half < days * 2; half++) {
      await clock.advance(12 * HOUR_MS);
      expect(await here.resolve(token)).not.toBeNull();
    }
    await clock.advance(12 * HOUR_MS);
    expect(await here.resolve(token)).toBeNull();
  });

  it('an open stream uses its session', async () => {
    const { token } = await here.begin(1);
    const end = jest.fn();
    here.connections.add(hashOf(token), end);
    here.onModuleDestroy();
    elsewhere.onModuleDestroy();
    for (let hour = 0; hour < 72; hour++) {
      await clock.advance(HOUR_MS);
      await here.sweep();
    }
    expect(end).not.toHaveBeenCalled();
    expect(await here.resolve(token)).not.toBeNull();
    await clock.advance(SESSION_ABSOLUTE_MS);
    await here.sweep();
    expect(end).toHaveBeenCalledTimes(1);
  });

  it('take their streams with them: here at once, elsewhere within a minute', async () => {
    const { token } = await here.begin(1);
    await elsewhere.resolve(token);
    const [endHere, endElsewhere] = [jest.fn(), jest.fn()];
    here.connections.add(hashOf(token), endHere);
    elsewhere.connections.add(hashOf(token), endElsewhere);
    await here.end(hashOf(token));
    expect(endHere).toHaveBeenCalledTimes(1);
    expect(await here.resolve(token)).toBeNull();
    await clock.advance(60_000);
    expect(endElsewhere).toHaveBeenCalledTimes(1);
    expect(await elsewhere.resolve(token)).toBeNull();
  });

  it('log out everywhere ends all of them', async () => {
    const tokens = await Promise.all([here.begin(1), elsewhere.begin(1)]);
    await here.endAll(1);
    await clock.advance(30_001);
    for (const { token } of tokens) expect(await elsewhere.resolve(token)).toBeNull();
  });

  it('S-ER1: go on where they are known while the database is away; unknown ones are neither let in nor thrown out', async () => {
    const { token } = await here.begin(1);
    table.isAway = true;
    await clock.advance(10 * 60_000);
    expect(await here.resolve(token)).toMatchObject({ userId: 1 });
    await expect(elsewhere.resolve(token)).rejects.toThrow(SessionsUnknownError);
    table.isAway = false;
    expect(await elsewhere.resolve(token)).toMatchObject({ userId: 1 });
  });

  it('a connection that closed by itself is forgotten', async () => {
    const { token } = await here.begin(1);
    const end = jest.fn();
    const forget = here.connections.add(hashOf(token), end);
    expect(here.connections.countOf(hashOf(token))).toBe(1);
    forget();
    expect([here.connections.countOf(hashOf(token)), here.connections.sessions]).toEqual([0, []]);
    await here.end(hashOf(token));
    expect(end).not.toHaveBeenCalled();
  });
});

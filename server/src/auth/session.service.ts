import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock, type CancelTimer } from '../common/clock.js';
import { within } from '../common/deadline.js';
import { messageOf } from '../common/errors.js';
import { SecretKeys } from './secret-keys.js';
import { SessionConnections } from './session-connections.js';
import { SessionTable, type StoredSession } from './session-table.js';
import { hashOf, isGenuine, newToken } from './session-token.js';

/** A session nobody used for so long is over (ADR 0030). An open stream uses it. */
export const SESSION_IDLE_MS = 24 * 3_600_000;
/** However much it is used, a session is over after this. */
export const SESSION_ABSOLUTE_MS = 30 * 24 * 3_600_000;
/** How long a session is believed without asking the database: so long may a logout on another instance go unseen. */
const BELIEVE_MS = 30_000;
/** Most sessions remembered in memory; the one remembered longest makes room. */
const MOST_REMEMBERED = 1_000;
/** Use is written down this often at most. */
const TOUCH_MS = 5 * 60_000;
const SWEEP_MS = 15_000;
/** The database answers within this, or counts as out of reach. */
const ANSWER_MS = 1_000;

/** A session that is valid now. */
export interface Session {
  readonly idHash: string;
  readonly userId: number;
  /** When it ends unless it is used. */
  readonly expiresAtMs: number;
}

/** Thrown when a session can neither be confirmed nor denied. */
export class SessionsUnknownError extends Error {
  constructor(cause: unknown) {
    super('sessions cannot be looked up', { cause });
    this.name = 'SessionsUnknownError';
  }
}

interface Remembered extends StoredSession {
  lastSeenMs: number;
  writtenMs: number;
  believedUntilMs: number;
}

/**
 * Sessions: kept in the database, remembered in memory for half a minute. A request of a remembered session costs a hash
 * and a look into a map. While the database is out of reach, sessions that are remembered go on; unknown ones are refused.
 */
@Injectable()
export class SessionService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('auth');
  private readonly key: Uint8Array;
  private readonly remembered = new Map<string, Remembered>();
  private readonly underWay = new Map<string, Promise<Session | null>>();
  private stopSweeping: CancelTimer = () => undefined;
  readonly connections = new SessionConnections();

  constructor(
    private readonly table: SessionTable,
    private readonly clock: Clock,
    keys: SecretKeys,
  ) {
    this.key = keys.keyFor('session');
  }

  onModuleInit(): void {
    this.stopSweeping = this.clock.every(SWEEP_MS, () => {
      this.sweep().catch((fault: unknown) => {
        this.logger.warn(`sessions with open streams could not be looked up: ${messageOf(fault)}`);
      });
    });
  }

  onModuleDestroy(): void {
    this.stopSweeping();
  }

  /** Begins a session and gives its token. What is stored does not let anybody make the token again. */
  async begin(userId: number): Promise<{ token: string; expiresAtMs: number }> {
    const nowMs = this.clock.nowMs();
    const token = newToken(this.key);
    const idHash = hashOf(token);
    const limits = { idleMs: SESSION_IDLE_MS, absoluteMs: SESSION_ABSOLUTE_MS };
    for (const oldest of await this.table.add(idHash, userId, nowMs, limits)) this.forget(oldest);
    this.takeIn(idHash, { userId, createdAtMs: nowMs, lastSeenMs: nowMs }, nowMs);
    return { token, expiresAtMs: nowMs + SESSION_IDLE_MS };
  }

  /**
   * The session of a token, `null` when there is none any more. At once where it is remembered; else it rejects with
   * {@link SessionsUnknownError} when the database does not answer.
   */
  resolve(token: string): Session | null | Promise<Session | null> {
    const idHash = hashOf(token);
    const known = this.remembered.get(idHash);
    if (known === undefined && !isGenuine(token, this.key)) return null;
    const nowMs = this.clock.nowMs();
    if (known !== undefined && nowMs < known.believedUntilMs) return this.use(idHash, known, nowMs);
    const asked = this.underWay.get(idHash);
    if (asked !== undefined) return asked;
    const answer = this.ask(idHash, known).finally(() => {
      this.underWay.delete(idHash);
    });
    this.underWay.set(idHash, answer);
    return answer;
  }

  /** Ends a session and what it holds open. */
  async end(idHash: string): Promise<void> {
    await this.table.remove(idHash);
    this.forget(idHash);
  }

  /** Ends every session of a user and what they hold open; on other instances within a minute. */
  async endAll(userId: number): Promise<void> {
    for (const idHash of await this.table.removeAllOf(userId)) this.forget(idHash);
  }

  /** Ends what sessions hold open that are over, and notes that the others are in use. */
  async sweep(): Promise<void> {
    for (const idHash of this.connections.sessions) {
      const stored = await within(ANSWER_MS, this.table.find(idHash));
      const nowMs = this.clock.nowMs();
      if (stored === null) this.forget(idHash);
      else this.use(idHash, this.takeIn(idHash, stored, nowMs), nowMs);
    }
  }

  private async ask(idHash: string, known: Remembered | undefined): Promise<Session | null> {
    try {
      const stored = await within(ANSWER_MS, this.table.find(idHash));
      if (stored === null) {
        this.forget(idHash);
        return null;
      }
      const nowMs = this.clock.nowMs();
      return this.use(idHash, this.takeIn(idHash, stored, nowMs), nowMs);
    } catch (thrown) {
      if (known === undefined) throw new SessionsUnknownError(thrown);
      const nowMs = this.clock.nowMs();
      known.believedUntilMs = nowMs + BELIEVE_MS;
      return this.use(idHash, known, nowMs);
    }
  }

  private takeIn(idHash: string, stored: StoredSession, nowMs: number): Remembered {
    const lastSeenMs = Math.max(stored.lastSeenMs, this.remembered.get(idHash)?.lastSeenMs ?? 0);
    const entry = {
      ...stored,
      lastSeenMs,
      writtenMs: stored.lastSeenMs,
      believedUntilMs: nowMs + BELIEVE_MS,
    };
    this.remembered.delete(idHash);
    if (this.remembered.size >= MOST_REMEMBERED) {
      for (const oldest of this.remembered.keys()) {
        this.remembered.delete(oldest);
        break;
      }
    }
    this.remembered.set(idHash, entry);
    return entry;
  }

  private use(idHash: string, entry: Remembered, nowMs: number): Session | null {
    if (!isAlive(entry, nowMs)) {
      this.forget(idHash);
      return null;
    }
    entry.lastSeenMs = nowMs;
    if (nowMs - entry.writtenMs >= TOUCH_MS) {
      entry.writtenMs = nowMs;
      this.table.touch(idHash, nowMs).catch((fault: unknown) => {
        this.logger.warn(`the use of a session could not be written down: ${messageOf(fault)}`);
      });
    }
    const expiresAtMs = Math.min(nowMs + SESSION_IDLE_MS, entry.createdAtMs + SESSION_ABSOLUTE_MS);
    return { idHash, userId: entry.userId, expiresAtMs };
  }

  private forget(idHash: string): void {
    this.remembered.delete(idHash);
    this.connections.endAllOf(idHash);
  }
}

function isAlive({ createdAtMs, lastSeenMs }: StoredSession, nowMs: number): boolean {
  return nowMs - lastSeenMs < SESSION_IDLE_MS && nowMs - createdAtMs < SESSION_ABSOLUTE_MS;
}

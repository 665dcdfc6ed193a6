import { PGlite } from '@electric-sql/pglite';
import type { DataSource, QueryRunner } from 'typeorm';
import type { Clock } from '../../../common/clock.js';
import { parseEnv } from '../../../config/env.schema.js';
import { BarLog1795000000001 } from '../../../persistence/migrations/1795000000001-bar-log.js';
import { UsersAndSessions1795000000002 } from '../../../persistence/migrations/1795000000002-users-and-sessions.js';
import { Rules1795400000001 } from '../../../persistence/migrations/1795400000001-rules.js';
import { Alerts1795800000001 } from '../../../persistence/migrations/1795800000001-alerts.js';
import { Deliveries1795910000006 } from '../../../persistence/migrations/1795910000006-deliveries.js';
import { PushIdentity1796010000006 } from '../../../persistence/migrations/1796010000006-push-identity.js';
import { Courier } from '../courier.js';
import { DeliveryTests } from '../delivery-tests.js';
import { Letters } from '../letters.js';
import { Outbox } from '../outbox.js';
import { PushService } from '../push/push.service.js';
import { VapidKeys } from '../push/vapid-keys.js';
import { TargetStore } from '../target-store.js';
import { WebhooksService } from '../webhooks.service.js';

/** A database with the tables of alerts and deliveries. */
export class DeliveryDatabase {
  /** Whether every question is refused, as while the database is away. */
  isAway = false;
  readonly dataSource: DataSource;
  private lastOffset = 0;

  private constructor(readonly db: PGlite) {
    this.dataSource = { query: this.query } as unknown as DataSource;
  }

  /** Opens one, with users of these numbers. */
  static async open(users: readonly number[]): Promise<DeliveryDatabase> {
    const opened = new DeliveryDatabase(await PGlite.create());
    for (const migration of [
      new BarLog1795000000001(),
      new UsersAndSessions1795000000002(),
      new Rules1795400000001(),
      new Alerts1795800000001(),
      new Deliveries1795910000006(),
      new PushIdentity1796010000006(),
    ])
      await migration.up({ query: opened.query } as unknown as QueryRunner);
    for (const user of users)
      await opened.query('INSERT INTO users (id, name) OVERRIDING SYSTEM VALUE VALUES ($1, $2)', [
        user,
        `user ${user}`,
      ]);
    return opened;
  }

  /** Takes alerts in as the log does. Returns their ids. */
  async alert(
    ownerId: number,
    { count = 1, muted = false, explanation = 'ACME closed above its VWAP.' } = {},
  ): Promise<string[]> {
    const ids: string[] = [];
    for (let one = 0; one < count; one++) {
      const seq = ++this.lastOffset;
      const id = `r-1:SPY:1m:${seq}`;
      const rule = { id: 'r-1', name: 'Reclaim' };
      const body = { id, symbol: 'SPY', rule, severity: 'urgent', explanation, muted };
      await this.query(
        `INSERT INTO alert (log_offset, epoch_id, owner_id, rule_id, symbol, timeframe, seq, bar_end_ms, body)
         VALUES ($1::bigint, 'e1', $2, 'r-1', 'SPY', '1m', $1::bigint, 0, $3)`,
        [seq, ownerId, JSON.stringify(body)],
      );
      ids.push(id);
    }
    return ids;
  }

  private readonly query = async (sql: string, parameters?: unknown[]): Promise<unknown[]> => {
    if (this.isAway) throw new Error('the database is away');
    return (await this.db.query(sql, parameters)).rows;
  };
}

/** What a process sends alerts with. */
export interface DeliveryParts {
  readonly courier: Courier;
  readonly outbox: Outbox;
  readonly webhooks: WebhooksService;
  readonly push: PushService;
}

/** A process as it starts, with the database of the others. */
export function startDeliveries(
  { dataSource }: DeliveryDatabase,
  clock: Clock,
  env: Record<string, string> = { DELIVERY_PRIVATE: 'on', DELIVERY_TIMEOUT_MS: '1000' },
): DeliveryParts {
  const settings = parseEnv(env);
  const outbox = new Outbox(dataSource);
  const targets = new TargetStore(dataSource);
  const vapid = new VapidKeys(dataSource);
  const letters = new Letters(vapid, clock, settings);
  const courier = new Courier(outbox, targets, letters, clock, settings);
  const tests = new DeliveryTests(courier, letters);
  const webhooks = new WebhooksService(targets, tests, clock, settings);
  const push = new PushService(targets, vapid, tests, clock, settings);
  return { courier, outbox, webhooks, push };
}

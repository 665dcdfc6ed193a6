import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import { OWNER_ID } from './identity.js';
import { fitsHash, hashPin } from './pin-hash.js';
import { SecretKeys } from './secret-keys.js';
import { SessionService } from './session.service.js';

/** Knows whether a PIN is the right one. What it compares with is a hash, and the pepper of that is not in the database. */
@Injectable()
export class PinService implements OnModuleInit {
  private readonly logger = new Logger('auth');
  private readonly pepper: Uint8Array;
  private stored = '';

  constructor(
    @Inject(ENV) private readonly env: Pick<Env, 'APP_PIN'>,
    private readonly dataSource: DataSource,
    private readonly sessions: SessionService,
    keys: SecretKeys,
  ) {
    this.pepper = keys.keyFor('pin-pepper');
  }

  /** Brings the stored hash in line with the setting. Another PIN or another secret ends every session. */
  async onModuleInit(): Promise<void> {
    const { APP_PIN: pin } = this.env;
    if (pin === undefined) return;
    const [row] = await this.dataSource.query<{ pin_hash: string | null }[]>(
      'SELECT pin_hash FROM users WHERE id = $1',
      [OWNER_ID],
    );
    this.stored = row?.pin_hash ?? '';
    if (this.stored !== '' && (await fitsHash(pin, this.stored, this.pepper))) return;
    if (this.stored !== '') this.logger.warn('the PIN or its key is another one: all sessions are ended');
    this.stored = await hashPin(pin, this.pepper);
    await this.sessions.endAll(OWNER_ID);
    await this.dataSource.query('UPDATE users SET pin_hash = $2 WHERE id = $1', [OWNER_ID, this.stored]);
  }

  /** Whether this is the owner's PIN. Takes a core for some 30 ms whatever the answer is. */
  isRight(pin: string): Promise<boolean> {
    return fitsHash(pin, this.stored, this.pepper);
  }
}

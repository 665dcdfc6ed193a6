import type { DeskSettings, KeptSettings } from '@libs/contract';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** One document of settings per owner. */
@Injectable()
export class SettingsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Version 0 before the first change. */
  async get(ownerId: number): Promise<KeptSettings> {
    const rows = await this.dataSource.query<KeptSettings[]>(
      'SELECT version, body AS settings FROM desk_settings WHERE owner_id = $1',
      [ownerId],
    );
    return rows[0] ?? { version: 0, settings: null };
  }

  /** `null` when that version is not the newest any more: nothing was written. */
  async change(ownerId: number, version: number, settings: DeskSettings): Promise<KeptSettings | null> {
    const rows = await this.dataSource.query<KeptSettings[]>(
      `WITH changed AS (
         INSERT INTO desk_settings (owner_id, version, body) SELECT $1::integer, 1, $3::json WHERE $2::integer = 0
         ON CONFLICT (owner_id) DO NOTHING RETURNING version, body),
       updated AS (
         UPDATE desk_settings SET version = version + 1, body = $3::json
         WHERE owner_id = $1::integer AND version = $2::integer RETURNING version, body)
       SELECT version, body AS settings FROM changed UNION ALL SELECT version, body FROM updated`,
      [ownerId, version, JSON.stringify(settings)],
    );
    return rows[0] ?? null;
  }
}

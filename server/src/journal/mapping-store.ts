import { Injectable } from '@nestjs/common';
import type { ColumnMapping } from '@libs/journal';
import { DataSource } from 'typeorm';

/** Column mappings that traders saved, by owner and name. */
@Injectable()
export class MappingStore {
  constructor(private readonly dataSource: DataSource) {}

  /** By name. */
  async list(ownerId: number): Promise<{ name: string; mapping: ColumnMapping }[]> {
    const rows = await this.dataSource.query<{ name: string; body: ColumnMapping }[]>(
      'SELECT name, body FROM journal_mapping WHERE owner_id = $1 ORDER BY name',
      [ownerId],
    );
    return rows.map(({ name, body }) => ({ name, mapping: body }));
  }

  async get(ownerId: number, name: string): Promise<ColumnMapping | undefined> {
    const rows = await this.dataSource.query<{ body: ColumnMapping }[]>(
      'SELECT body FROM journal_mapping WHERE owner_id = $1 AND name = $2',
      [ownerId, name],
    );
    return rows[0]?.body;
  }

  /** Keeps a mapping in place of one of the same name. */
  async put(ownerId: number, name: string, mapping: ColumnMapping): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO journal_mapping (owner_id, name, body) VALUES ($1, $2, $3)
       ON CONFLICT (owner_id, name) DO UPDATE SET body = excluded.body`,
      [ownerId, name, JSON.stringify(mapping)],
    );
  }

  async remove(ownerId: number, name: string): Promise<void> {
    await this.dataSource.query('DELETE FROM journal_mapping WHERE owner_id = $1 AND name = $2', [
      ownerId,
      name,
    ]);
  }
}

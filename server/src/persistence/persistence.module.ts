import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import { takeDataDir } from './data-dir.js';
import { openDatabase, type OpenDatabase } from './open-database.js';

const OPEN_DATABASE = Symbol('OPEN_DATABASE');
/** Injection token: `embedded` or `postgres`. */
export const DATABASE_KIND = Symbol('DATABASE_KIND');

/** Holds the data folder and the database for as long as the process lives. Everyone gets the TypeORM `DataSource`. */
@Global()
@Module({
  providers: [
    {
      provide: OPEN_DATABASE,
      inject: [ENV],
      useFactory: async (env: Env): Promise<OpenDatabase> => {
        const releaseDataDir = takeDataDir(env.DATA_DIR);
        try {
          const open = await openDatabase(env);
          return { ...open, close: () => open.close().finally(releaseDataDir) };
        } catch (thrown) {
          releaseDataDir();
          throw thrown;
        }
      },
    },
    { provide: DataSource, inject: [OPEN_DATABASE], useFactory: (open: OpenDatabase) => open.dataSource },
    { provide: DATABASE_KIND, inject: [OPEN_DATABASE], useFactory: (open: OpenDatabase) => open.kind },
  ],
  exports: [DataSource, DATABASE_KIND],
})
export class PersistenceModule implements OnApplicationShutdown {
  constructor(@Inject(OPEN_DATABASE) private readonly database: OpenDatabase) {}

  /** Last of all: requests are answered and the bar log is flushed by now. */
  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import { takeDataDir } from './data-dir.js';
import { openDatabase, type OpenDatabase } from './open-database.js';
import { RedisLink } from './redis-link.js';

const OPEN_DATABASE = Symbol('OPEN_DATABASE');
/** Injection token: `embedded` or `postgres`. */
export const DATABASE_KIND = Symbol('DATABASE_KIND');

/** Injection token: the {@link RedisLink}, `null` where `REDIS_URL` is not set. */
export const REDIS_LINK = Symbol('REDIS_LINK');

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
    {
      provide: REDIS_LINK,
      inject: [ENV, Clock],
      useFactory: ({ REDIS_URL }: Env, clock: Clock): RedisLink | null =>
        REDIS_URL === undefined ? null : new RedisLink(REDIS_URL, clock),
    },
  ],
  exports: [DataSource, DATABASE_KIND, REDIS_LINK],
})
export class PersistenceModule implements OnApplicationShutdown {
  constructor(
    @Inject(OPEN_DATABASE) private readonly database: OpenDatabase,
    @Inject(REDIS_LINK) private readonly redis: RedisLink | null,
  ) {}

  /** Last of all: requests are answered and the bar log is flushed by now. */
  async onApplicationShutdown(): Promise<void> {
    this.redis?.close();
    await this.database.close();
  }
}

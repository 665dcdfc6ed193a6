export { DatabaseAwayInterceptor } from './database-away.js';
export { runDatabaseCommand, showProgress, type OpenOne } from './database-command.js';
export { instanceIdOf } from './instance-id.js';
export { migrationNames } from './open-database.js';
export { DATABASE_KIND, PersistenceModule, REDIS_LINK } from './persistence.module.js';
export { REDIS_TIMEOUTS, RedisLink } from './redis-link.js';

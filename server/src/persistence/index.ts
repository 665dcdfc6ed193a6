export { takeDataDir } from './data-dir.js';
export { instanceIdOf } from './instance-id.js';
export { openDatabase } from './open-database.js';
export { DATABASE_KIND, PersistenceModule, REDIS_LINK } from './persistence.module.js';
export { RedisLink } from './redis-link.js';

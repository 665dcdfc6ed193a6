export { CacheModule } from './cache.module.js';
export { CacheService, type BarQuery } from './cache.service.js';

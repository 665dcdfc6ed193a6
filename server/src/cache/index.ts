export { BarRing } from './bar-ring.js';
export { CacheModule } from './cache.module.js';
export type { BarQuery } from './bar-query.js';
export { CacheService } from './cache.service.js';

import { Module } from '@nestjs/common';
import { MarketModule } from '../market/index.js';
import { CacheService } from './cache.service.js';

/** Finalized bars in memory, in front of the database. */
@Module({ imports: [MarketModule], providers: [CacheService], exports: [CacheService] })
export class CacheModule {}

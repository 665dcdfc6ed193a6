import { Module } from '@nestjs/common';
import { MarketModule } from '../market/index.js';
import { WatchlistStore } from './watchlist-store.js';
import { WatchlistsController } from './watchlists.controller.js';
import { WatchlistsService } from './watchlists.service.js';

/** Lists of symbols that their owner wants followed. */
@Module({
  imports: [MarketModule],
  controllers: [WatchlistsController],
  providers: [WatchlistStore, WatchlistsService],
})
export class WatchlistsModule {}

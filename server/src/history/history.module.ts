import { Module } from '@nestjs/common';
import { CacheModule } from '../cache/index.js';
import { MarketModule } from '../market/index.js';
import { HistoryController } from './history.controller.js';
import { HistoryService } from './history.service.js';
import { KnownQuestions } from './known-questions.js';
import { SymbolsController } from './symbols.controller.js';

/** What has happened, over REST. */
@Module({
  imports: [CacheModule, MarketModule],
  controllers: [HistoryController, SymbolsController],
  providers: [HistoryService, KnownQuestions],
  exports: [HistoryService],
})
export class HistoryModule {}

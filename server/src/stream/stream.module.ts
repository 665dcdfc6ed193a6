import { Module } from '@nestjs/common';
import { MarketModule } from '../market/index.js';
import { StreamController } from './stream.controller.js';
import { StreamHub } from './stream-hub.js';

/** The bar log, forming bars and the feed's state as server-sent events. */
@Module({
  imports: [MarketModule],
  controllers: [StreamController],
  providers: [StreamHub],
  exports: [StreamHub],
})
export class StreamModule {}

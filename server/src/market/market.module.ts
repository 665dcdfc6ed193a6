import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import { BarArchive } from './bar-archive.js';
import { BarLog } from './bar-log.js';
import { CHOSEN_FEED, type ChosenFeed } from './chosen-feed.js';
import { createFeed } from './feeds/choose-feed.js';
import { MarketPipeline } from './market-pipeline.js';

/** Feed, bar builder and bar log: where trades become the one order of finalized bars. */
@Module({
  providers: [
    {
      provide: CHOSEN_FEED,
      inject: [ENV],
      useFactory: (env: Env): Promise<ChosenFeed> => createFeed(env),
    },
    {
      provide: BarLog,
      inject: [BarArchive, Clock, CHOSEN_FEED, ENV],
      useFactory: (archive: BarArchive, clock: Clock, { feed }: ChosenFeed, env: Env): Promise<BarLog> =>
        BarLog.open(archive, clock, {
          recordKey: feed.recordKey,
          symbols: feed.symbols.map(({ symbol }) => symbol),
          tailCap: env.STREAM_LOG_CAP,
        }),
    },
    BarArchive,
    MarketPipeline,
  ],
  exports: [BarArchive, BarLog, MarketPipeline],
})
export class MarketModule {}

import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import { DATABASE_KIND, instanceIdOf, RedisLink, REDIS_LINK } from '../persistence/index.js';
import { BarArchive } from './bar-archive.js';
import { BarLog } from './bar-log.js';
import { CHOSEN_FEED, type ChosenFeed } from './chosen-feed.js';
import { createFeed } from './feeds/choose-feed.js';
import { FileFeed } from './feeds/file.feed.js';
import { MarketPipeline } from './market-pipeline.js';
import { OlderBars } from './older/older-bars.js';
import { OlderHistory } from './older/older-history.js';
import { WarmUp } from './older/warm-up.js';
import { Recorder } from './recordings/recorder.js';
import { recordingsFolder } from './recordings/recording-name.js';
import { RecordingThread } from './recordings/recording-thread.js';
import { RecordingWriter } from './recordings/recording-writer.port.js';
import { KnownTrades, RecordedTrades } from './recorded-trades.js';
import { Leadership } from './shared/leadership.js';
import { LeaseStore } from './shared/lease-store.js';
import { LiveRelay } from './shared/live-relay.js';
import { LogKeeper } from './shared/log-keeper.js';
import { RedisLog } from './shared/redis-log.js';
import { SharedMarket } from './shared/shared-market.js';
import { UnkeptMark } from './shared/unkept-mark.js';
import { SymbolDesk } from './symbols/symbol-desk.js';
import { SymbolStore } from './symbols/symbol-store.js';

/** Feed, bar builder and bar log: where trades become the one order of finalized bars. */
@Module({
  providers: [
    {
      provide: CHOSEN_FEED,
      inject: [ENV, Clock],
      useFactory: (env: Env, clock: Clock): Promise<ChosenFeed> => createFeed(env, clock),
    },
    {
      provide: Leadership,
      inject: [LeaseStore, Clock, ENV, DATABASE_KIND],
      useFactory: async (leases: LeaseStore, clock: Clock, env: Env, kind: string): Promise<Leadership> => {
        const options = { instanceId: instanceIdOf(env.DATA_DIR), isShared: kind === 'postgres' };
        const leadership = new Leadership(leases, clock, options);
        await leadership.start();
        return leadership;
      },
    },
    {
      provide: BarLog,
      inject: [BarArchive, Clock, CHOSEN_FEED, ENV],
      useFactory: (archive: BarArchive, clock: Clock, { feed }: ChosenFeed, env: Env): Promise<BarLog> =>
        BarLog.open(archive, clock, {
          recordKey: feed.recordKey,
          symbols: feed.symbols.map(({ symbol }) => symbol),
          tailCap: env.STREAM_LOG_CAP,
          leads: false,
        }),
    },
    {
      provide: SharedMarket,
      inject: [Leadership, LeaseStore, BarLog, BarArchive, Clock, ENV, REDIS_LINK],
      useFactory: shareMarket,
    },
    {
      provide: RecordedTrades,
      inject: [CHOSEN_FEED, ENV],
      useFactory: ({ feed }: ChosenFeed, env: Env) =>
        new KnownTrades(feed instanceof FileFeed ? feed.files : null, env.DATA_DIR),
    },
    {
      provide: RecordingWriter,
      inject: [ENV],
      useFactory: ({ DATA_DIR, CACHE_DAYS }: Env) =>
        new RecordingThread({ folder: recordingsFolder(DATA_DIR), days: CACHE_DAYS }),
    },
    BarArchive,
    LeaseStore,
    MarketPipeline,
    OlderBars,
    OlderHistory,
    Recorder,
    SymbolDesk,
    SymbolStore,
    WarmUp,
  ],
  exports: [
    BarArchive,
    BarLog,
    Leadership,
    MarketPipeline,
    OlderHistory,
    RecordedTrades,
    Recorder,
    SymbolDesk,
  ],
})
export class MarketModule {}

async function shareMarket(
  leadership: Leadership,
  leases: LeaseStore,
  log: BarLog,
  archive: BarArchive,
  clock: Clock,
  env: Env,
  redis: RedisLink | null,
): Promise<SharedMarket> {
  const { clusterId } = await leases.current();
  const keeper = new LogKeeper({
    log,
    archive,
    clock,
    redisLog: redis === null ? null : new RedisLog(redis, clusterId, env.STREAM_LOG_CAP),
    unkept: new UnkeptMark(env.DATA_DIR),
    onFenced: (fence) => {
      leadership.fencedOff(fence);
    },
  });
  return new SharedMarket(leadership, keeper, redis === null ? null : new LiveRelay(redis, clock, clusterId));
}

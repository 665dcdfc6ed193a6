import { Module, type DynamicModule } from '@nestjs/common';
import { AuthModule } from './auth/index.js';
import { CacheModule } from './cache/index.js';
import { CoachModule } from './coach/index.js';
import { CommonModule } from './common/common.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Env } from './config/env.schema.js';
import { DiagModule } from './diag/index.js';
import { HealthModule } from './health/index.js';
import { HistoryModule } from './history/index.js';
import { JournalModule } from './journal/index.js';
import { MarketModule } from './market/index.js';
import { OnceModule } from './once/index.js';
import { PersistenceModule } from './persistence/index.js';
import { ReplayModule } from './replay/index.js';
import { RulesModule } from './rules/index.js';
import { SettingsModule } from './settings/index.js';
import { StreamModule } from './stream/index.js';
import { WatchlistsModule } from './watchlists/index.js';
import { VoiceModule } from './voice/index.js';

/** The whole server. */
@Module({})
export class AppModule {
  static forRoot(env: Env): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(env),
        CommonModule,
        PersistenceModule,
        AuthModule,
        OnceModule,
        MarketModule,
        CacheModule,
        HistoryModule,
        StreamModule,
        RulesModule,
        ReplayModule,
        CoachModule,
        JournalModule,
        WatchlistsModule,
        SettingsModule,
        VoiceModule,
        HealthModule,
        DiagModule,
      ],
    };
  }
}

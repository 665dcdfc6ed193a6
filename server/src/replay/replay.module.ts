import { Global, Module } from '@nestjs/common';
import { MarketModule, ReplayedMarkets } from '../market/index.js';
import { RulesModule } from '../rules/index.js';
import { ReplayController } from './replay.controller.js';
import { ReplayPlanner } from './replay-planner.js';
import { ReplaysService } from './replays.service.js';
import { StoredBars } from './stored-bars.js';

/** Recorded data played again, for one session at a time. Global: whatever knows `replay=ID` asks `ReplayedMarkets`. */
@Global()
@Module({
  imports: [MarketModule, RulesModule],
  controllers: [ReplayController],
  providers: [
    ReplayPlanner,
    ReplaysService,
    StoredBars,
    { provide: ReplayedMarkets, useExisting: ReplaysService },
  ],
  exports: [ReplayedMarkets],
})
export class ReplayModule {}

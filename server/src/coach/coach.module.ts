import { Module } from '@nestjs/common';
import { CacheModule } from '../cache/index.js';
import { JournalModule } from '../journal/index.js';
import { MarketModule } from '../market/index.js';
import { RulesModule } from '../rules/index.js';
import { CoachService } from './coach.service.js';
import { TextModel } from './llm/text-model.js';
import { DeskTime } from './tools/desk-time.js';
import { JournalTools } from './tools/journal-tools.js';
import { MarketTools } from './tools/market-tools.js';
import { ReplayTools } from './tools/replay-tools.js';
import { RuleTools } from './tools/rule-tools.js';
import { ToolBox } from './tools/tool-box.js';
import { ToolsController } from './tools/tools.controller.js';

/** What the coach may look at and do, for voice and REST alike. */
@Module({
  imports: [CacheModule, JournalModule, MarketModule, RulesModule],
  controllers: [ToolsController],
  providers: [CoachService, DeskTime, JournalTools, MarketTools, ReplayTools, RuleTools, TextModel, ToolBox],
  exports: [CoachService, DeskTime, ToolBox],
})
export class CoachModule {}

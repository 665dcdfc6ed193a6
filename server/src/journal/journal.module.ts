import { Module } from '@nestjs/common';
import { MarketModule } from '../market/index.js';
import { RulesModule } from '../rules/index.js';
import { EntriesService } from './entries.service.js';
import { EntrySignals } from './entry-signals.js';
import { EntryStore } from './entry-store.js';
import { ExportService } from './export.service.js';
import { FillStore } from './fill-store.js';
import { FillsController } from './fills.controller.js';
import { FillsService } from './fills.service.js';
import { ImportController } from './import.controller.js';
import { ImportService } from './import.service.js';
import { ImportStore } from './import-store.js';
import { JournalController } from './journal.controller.js';
import { JournalFileReader } from './journal-file-reader.js';
import { JournalNotes } from './journal-notes.js';
import { MappingStore } from './mapping-store.js';
import { MappingsController } from './mappings.controller.js';
import { ReviewController } from './review.controller.js';
import { StatisticsService } from './statistics.service.js';
import { TradeBars } from './trade-bars.js';
import { TradeBooks } from './trade-books.js';
import { TradeStore } from './trade-store.js';
import { TradesService } from './trades.service.js';

/** The journal: executions, the trades they make, what traders write about them, and what it all comes to. */
@Module({
  imports: [MarketModule, RulesModule],
  // The one whose paths begin with an id comes last: it would take the names of the others for ids.
  controllers: [FillsController, ImportController, MappingsController, ReviewController, JournalController],
  providers: [
    EntriesService,
    EntrySignals,
    EntryStore,
    ExportService,
    FillStore,
    FillsService,
    ImportService,
    ImportStore,
    JournalFileReader,
    JournalNotes,
    MappingStore,
    StatisticsService,
    TradeBars,
    TradeBooks,
    TradeStore,
    TradesService,
  ],
  exports: [JournalNotes],
})
export class JournalModule {}

import { Controller, Get, Param, Query, StreamableFile, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { journalDaySchema, journalStatisticsSchema, tradeViewSchema } from '@libs/contract';
import { Readable } from 'node:stream';
import * as z from 'zod';
import { Answers } from '../api-docs/index.js';
import { CurrentUser, type Identity } from '../auth/index.js';
import { DatabaseAwayInterceptor } from '../persistence/index.js';
import { ExportService } from './export.service.js';
import {
  dayQuerySchema,
  exportQuerySchema,
  statsQuerySchema,
  tradesQuerySchema,
  type DayQuery,
  type ExportQuery,
  type StatsQuery,
  type TradesQuery,
} from './journal-requests.js';
import { StatisticsService, type StatisticsAnswer } from './statistics.service.js';
import { TradesService, type DayAnswer } from './trades.service.js';
import type { TradeView } from './trade-view.js';

const jsonFileSchema = z.looseObject({}).meta({
  id: 'JournalFile',
  example: { format: 'spotlight-journal', version: 1, fills: [], notes: [] },
});
const csvFileSchema = z.string().meta({
  example:
    'id,broker,account,symbol,side,quantity,price,multiplier,fee,currency,atMs\nf-3q2-7wAAAAAAAAAAAAAAAA,by-hand,main,SPY,buy,100,450.3,1,1.25,USD,1762874040000\n',
});

/** What the journal makes of it all: trades, days, statistics, and the file to take away. */
@ApiTags('journal')
@ApiResponse({ status: 503, description: 'The database is away' })
@UseInterceptors(DatabaseAwayInterceptor)
@Controller('api/journal')
export class ReviewController {
  constructor(
    private readonly trades: TradesService,
    private readonly statistics: StatisticsService,
    private readonly exports: ExportService,
  ) {}

  @Get('trades')
  @ApiOperation({ summary: 'Round trips, newest first, with everything the desk knows about each' })
  @Answers(z.array(tradeViewSchema), { description: 'The trades' })
  find(
    @CurrentUser() { userId }: Identity,
    @Query({ schema: tradesQuerySchema }) query: TradesQuery,
  ): Promise<TradeView[]> {
    return this.trades.find(userId, query);
  }

  @Get('trades/:id')
  @ApiOperation({ summary: 'One round trip' })
  @Answers(tradeViewSchema, { description: 'The trade' })
  trade(@CurrentUser() { userId }: Identity, @Param('id') id: string): Promise<TradeView> {
    return this.trades.get(userId, id);
  }

  @Get('day')
  @ApiOperation({ summary: 'Trades, executions, signals and notes of one local day' })
  @Answers(journalDaySchema, { description: 'The day' })
  day(
    @CurrentUser() { userId }: Identity,
    @Query({ schema: dayQuerySchema }) query: DayQuery,
  ): Promise<DayAnswer> {
    return this.trades.day(userId, query);
  }

  @Get('stats')
  @ApiOperation({
    summary:
      'Statistics of closed trades; every figure names its trades, its interval and whether those are few',
  })
  @Answers(journalStatisticsSchema, { description: 'The statistics' })
  stats(
    @CurrentUser() { userId }: Identity,
    @Query({ schema: statsQuerySchema }) query: StatsQuery,
  ): Promise<StatisticsAnswer> {
    return this.statistics.of(userId, query);
  }

  @Get('export')
  @ApiOperation({ summary: 'The journal as a file, which POST /api/journal/import reads back' })
  @Answers(jsonFileSchema, {
    description: 'JSON, or CSV without anything a spreadsheet takes for a formula',
    others: { 'text/csv': csvFileSchema },
  })
  export(
    @CurrentUser() { userId }: Identity,
    @Query({ schema: exportQuerySchema }) query: ExportQuery,
  ): StreamableFile {
    const { format, part } = query;
    const name = format === 'json' ? 'journal.json' : `journal-${part}.csv`;
    const type = format === 'json' ? 'application/json' : 'text/csv; charset=utf-8';
    return new StreamableFile(Readable.from(this.exports.text(userId, query), { objectMode: false }), {
      type,
      disposition: `attachment; filename="${name}"`,
    });
  }
}

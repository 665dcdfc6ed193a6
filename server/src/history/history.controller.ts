import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { sessionAt } from '@libs/calendar';
import type { SymbolInfo } from '@libs/contract';
import type { Request, Response } from 'express';
import { CacheService } from '../cache/index.js';
import { badField } from '../common/problem.exception.js';
import { MarketPipeline } from '../market/index.js';
import {
  digestQuerySchema,
  historyQuerySchema,
  quoteQuerySchema,
  type DigestQuery,
  type HistoryQuery,
  type QuoteQuery,
} from './history-query.js';
import { HistoryService, type BarsDigest } from './history.service.js';
import { KnownQuestions } from './known-questions.js';
import { sendBars } from './send-bars.js';

/** Newest price of a symbol. `price`, `size` and `ts` are `null` before its first trade. */
export interface Quote {
  readonly symbol: string;
  readonly price: number | null;
  readonly size: number | null;
  readonly ts: number | null;
  readonly source: string;
  readonly session: string;
}

/** Bars, digests, quotes and the list of symbols over REST. */
@ApiTags('market data')
@Controller()
export class HistoryController {
  constructor(
    private readonly history: HistoryService,
    private readonly known: KnownQuestions,
    private readonly market: MarketPipeline,
    private readonly cache: CacheService,
  ) {}

  @Get('api/history')
  @ApiOperation({ summary: 'Finalized bars of one symbol and timeframe, oldest first' })
  @ApiOkResponse({ description: 'Array of bars' })
  async bars(
    @Query({ schema: historyQuerySchema }) query: HistoryQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    this.requireKnown(query.symbol);
    this.known.remember(request.originalUrl, query);
    const answer = this.history.barsJson(query);
    sendBars(response, answer instanceof Promise ? await answer : answer);
  }

  @Get('api/history/digest')
  @ApiOperation({
    summary: 'SHA-256 over the canonical text of the bars in a range of seqs, both ends included',
  })
  async digest(@Query({ schema: digestQuerySchema }) query: DigestQuery): Promise<BarsDigest> {
    this.requireKnown(query.symbol);
    if (query.from > query.to) throw badField('from', 'must not be above to');
    return this.history.digest(query);
  }

  @Get(['api/quote', 'tools/quote'])
  @ApiOperation({ summary: 'Newest price of a symbol' })
  async quote(@Query({ schema: quoteQuerySchema }) query: QuoteQuery): Promise<Quote> {
    const info = this.requireKnown(query.symbol);
    const known = await this.newestPrice(query.symbol);
    const session = known.ts === null ? 'closed' : sessionAt(known.ts, info.calendar).session;
    return { symbol: query.symbol, ...known, source: this.market.source.name, session };
  }

  @Get('api/symbols')
  @ApiOperation({ summary: 'Everything that can be subscribed' })
  symbols(): readonly SymbolInfo[] {
    return this.market.symbols;
  }

  /** The newest trade; after a restart and before the first trade the newest bar still knows the price. */
  private async newestPrice(symbol: string): Promise<Pick<Quote, 'price' | 'size' | 'ts'>> {
    const trade = this.market.lastTrade(symbol);
    if (trade !== undefined && !Number.isNaN(trade.tsMs)) {
      return { price: trade.price, size: trade.size, ts: trade.tsMs };
    }
    const bar = await this.cache.newestBar(symbol);
    return { price: bar?.ohlcv.c ?? null, size: null, ts: bar?.bar_end ?? null };
  }

  private requireKnown(symbol: string): SymbolInfo {
    const info = this.market.symbols.find((candidate) => candidate.symbol === symbol);
    if (info === undefined)
      throw badField('symbol', `${symbol} is not carried here; GET /api/symbols lists what is`);
    return info;
  }
}

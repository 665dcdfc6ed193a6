import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { sessionAt } from '@libs/calendar';
import {
  barSchema,
  barsDigestSchema,
  quoteSchema,
  type BarsDigest,
  type Quote,
  type SymbolInfo,
} from '@libs/contract';
import type { Request, Response } from 'express';
import * as z from 'zod';
import { Answers } from '../api-docs/index.js';
import { CacheService } from '../cache/index.js';
import { Clock } from '../common/clock.js';
import { badField } from '../common/problem.exception.js';
import {
  MarketPipeline,
  ReplayedMarkets,
  SymbolDesk,
  type ReplayedMarket,
  type ReplayedPrice,
} from '../market/index.js';
import {
  digestQuerySchema,
  historyQuerySchema,
  quoteQuerySchema,
  type DigestQuery,
  type HistoryQuery,
  type QuoteQuery,
} from './history-query.js';
import { digestBars } from './bars-digest.js';
import { encodeBars, HistoryService } from './history.service.js';
import { KnownQuestions } from './known-questions.js';
import { sendBars } from './send-bars.js';

const barsSchema = z.array(barSchema);

/** Bars, digests and quotes over REST. */
@ApiTags('market data')
@Controller()
export class HistoryController {
  constructor(
    private readonly history: HistoryService,
    private readonly known: KnownQuestions,
    private readonly market: MarketPipeline,
    private readonly symbols: SymbolDesk,
    private readonly cache: CacheService,
    private readonly clock: Clock,
    private readonly replays: ReplayedMarkets,
  ) {}

  @Get('api/history')
  @ApiOperation({ summary: 'Finalized bars of one symbol and timeframe, oldest first' })
  @Answers(barsSchema, { description: 'The bars' })
  async bars(
    @Query({ schema: historyQuerySchema }) query: HistoryQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    if (query.replay !== undefined) {
      const replay = this.replayOf(request, query.replay, query.symbol).replay;
      sendBars(response, encodeBars(await replay.bars(query)));
      return;
    }
    await this.requireKnown(query.symbol);
    this.known.remember(request.originalUrl, query);
    const answer = this.history.barsJson(query);
    sendBars(response, answer instanceof Promise ? await answer : answer);
  }

  @Get('api/history/digest')
  @ApiOperation({
    summary: 'SHA-256 over the canonical text of the bars in a range of seqs, both ends included',
  })
  @Answers(barsDigestSchema, { description: 'The digest, and what the range held' })
  async digest(
    @Query({ schema: digestQuerySchema }) query: DigestQuery,
    @Req() request: Request,
  ): Promise<BarsDigest> {
    if (query.from > query.to) throw badField('from', 'must not be above to');
    if (query.replay !== undefined) {
      const { replay } = this.replayOf(request, query.replay, query.symbol);
      return digestBars(query, (page) => replay.bars(page));
    }
    await this.requireKnown(query.symbol);
    return this.history.digest(query);
  }

  @Get(['api/quote', 'tools/quote'])
  @ApiOperation({ summary: 'Newest price of a symbol' })
  @Answers(quoteSchema, { description: 'Its price, and how old that is' })
  async quote(
    @Query({ schema: quoteQuerySchema }) { symbol, replay: id }: QuoteQuery,
    @Req() request: Request,
  ): Promise<Quote> {
    if (id !== undefined) {
      const { replay, info } = this.replayOf(request, id, symbol);
      const known = await replay.newestPrice(symbol);
      return quoteOf(info, known, { source: replay.market.source.name, nowMs: replay.nowMs() });
    }
    const info = await this.requireKnown(symbol);
    const known = await this.newestPrice(symbol);
    const nowMs = this.clock.nowMs();
    const book = this.market.quoteBook(symbol);
    const age = book.quote_ts === undefined ? {} : { quote_age: Math.max(0, nowMs - book.quote_ts) };
    return { ...quoteOf(info, known, { source: this.market.source.name, nowMs }), ...book, ...age };
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

  private replayOf(
    request: Request,
    id: string,
    symbol: string,
  ): { readonly replay: ReplayedMarket; readonly info: SymbolInfo } {
    const replay = this.replays.find(request, id);
    const info = replay.symbolInfo(symbol);
    if (info === undefined) throw badField('symbol', `${symbol} is not in this replay`);
    return { replay, info };
  }

  /** Whoever asks for a symbol of the vendor that was not asked for before gets it: from now on it is followed. */
  private async requireKnown(symbol: string): Promise<SymbolInfo> {
    if (this.symbols.carries(symbol)) this.symbols.touch(symbol);
    else await this.symbols.require([symbol], 'symbol');
    return this.market.symbols.find((candidate) => candidate.symbol === symbol) as SymbolInfo;
  }
}

function quoteOf(
  { symbol, calendar }: SymbolInfo,
  known: ReplayedPrice,
  { source, nowMs }: { readonly source: string; readonly nowMs: number },
): Quote {
  const session = known.ts === null ? 'closed' : sessionAt(known.ts, calendar).session;
  const age = known.ts === null ? null : Math.max(0, nowMs - known.ts);
  return { symbol, ...known, age, source, session };
}

import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, UseInterceptors } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  watchlistChangeSchema,
  watchlistDraftSchema,
  watchlistSchema,
  type Watchlist,
  type WatchlistChange,
  type WatchlistDraft,
} from '@libs/contract';
import * as z from 'zod';
import { Answers } from '../api-docs/index.js';
import { CurrentUser, type Identity } from '../auth/index.js';
import { DoneOnce } from '../once/index.js';
import { DatabaseAwayInterceptor } from '../persistence/index.js';
import { WatchlistsService } from './watchlists.service.js';

/** Watchlists of whoever asks. A symbol that is put on one can be streamed at once. */
@ApiTags('watchlists')
@UseInterceptors(DatabaseAwayInterceptor)
@Controller('api/watchlists')
export class WatchlistsController {
  constructor(private readonly lists: WatchlistsService) {}

  @Get()
  @Answers(z.array(watchlistSchema), { description: 'The lists' })
  @ApiOperation({ summary: 'All watchlists, oldest first; the symbols of SYMBOLS are followed beside them' })
  list(@CurrentUser() { userId }: Identity): Promise<Watchlist[]> {
    return this.lists.list(userId);
  }

  @Post()
  @ApiOperation({ summary: 'A new watchlist; its symbols are followed from now on' })
  @Answers(watchlistSchema, { status: 201, description: 'The list' })
  @ApiResponse({ status: 400, description: 'The feed does not offer a symbol; errors[] says which' })
  @ApiResponse({ status: 409, description: 'The budget of symbols is spent, or there are too many lists' })
  @ApiResponse({
    status: 503,
    description: 'The vendor cannot be asked about a symbol now, or the database is away',
  })
  @DoneOnce()
  create(
    @CurrentUser() { userId }: Identity,
    @Body({ schema: watchlistDraftSchema }) draft: WatchlistDraft,
  ): Promise<Watchlist> {
    return this.lists.create(userId, draft);
  }

  @Get(':id')
  @Answers(watchlistSchema, { description: 'The list' })
  @ApiOperation({ summary: 'One watchlist' })
  get(@CurrentUser() { userId }: Identity, @Param('id') id: string): Promise<Watchlist> {
    return this.lists.get(userId, id);
  }

  @Put(':id')
  @Answers(watchlistSchema, { description: 'The next version' })
  @ApiOperation({ summary: 'Name, symbols and their order, in place of the version the body names' })
  @ApiResponse({ status: 400, description: 'The feed does not offer a symbol; errors[] says which' })
  @ApiResponse({
    status: 409,
    description: 'The version named is not the newest any more, or the budget of symbols is spent',
  })
  change(
    @CurrentUser() { userId }: Identity,
    @Param('id') id: string,
    @Body({ schema: watchlistChangeSchema }) change: WatchlistChange,
  ): Promise<Watchlist> {
    return this.lists.change(userId, id, change);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes a watchlist; symbols that nobody else wants are let go of' })
  @ApiNoContentResponse({ description: 'Deleted' })
  remove(@CurrentUser() { userId }: Identity, @Param('id') id: string): Promise<void> {
    return this.lists.remove(userId, id);
  }
}

import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Put,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  entryChangeSchema,
  journalEntrySchema,
  newEntrySchema,
  restoreSchema,
  type EntryChange,
  type JournalEntry,
  type NewEntry,
  type Restore,
} from '@libs/contract';
import * as z from 'zod';
import { Answers } from '../api-docs/index.js';
import { CurrentUser, type Identity } from '../auth/index.js';
import { DoneOnce } from '../once/index.js';
import { DatabaseAwayInterceptor } from '../persistence/index.js';
import { EntriesService } from './entries.service.js';
import {
  entriesQuerySchema,
  versionQuerySchema,
  type EntriesQuery,
  type VersionQuery,
} from './journal-requests.js';

/** What traders write: about a trade, or about a moment. */
@ApiTags('journal')
@ApiResponse({ status: 503, description: 'The database is away; nothing was written' })
@UseInterceptors(DatabaseAwayInterceptor)
@Controller('api/journal')
export class JournalController {
  constructor(private readonly entries: EntriesService) {}

  @Get()
  @ApiOperation({ summary: 'Entries, newest first' })
  @Answers(z.array(journalEntrySchema), { description: 'The entries' })
  find(
    @CurrentUser() { userId }: Identity,
    @Query({ schema: entriesQuerySchema }) { from, to, symbol, tag, q, limit }: EntriesQuery,
  ): Promise<JournalEntry[]> {
    return this.entries.find(userId, { fromMs: from, toMs: to, symbol, tag, text: q, limit });
  }

  @Post()
  @ApiOperation({ summary: 'A new entry, and the executions it is about where they come along' })
  @Answers(journalEntrySchema, { status: 201, description: 'Its first version' })
  @ApiResponse({ status: 409, description: 'There is an entry about this trade already' })
  @DoneOnce()
  create(
    @CurrentUser() { userId }: Identity,
    @Body({ schema: newEntrySchema }) entry: NewEntry,
  ): Promise<JournalEntry> {
    return this.entries.create(userId, entry);
  }

  @Get(':id')
  @ApiOperation({ summary: 'The newest version of an entry' })
  @Answers(journalEntrySchema, { description: 'The entry' })
  get(@CurrentUser() { userId }: Identity, @Param('id') id: string): Promise<JournalEntry> {
    return this.entries.get(userId, id);
  }

  @Get(':id/versions')
  @ApiOperation({ summary: 'Every version of an entry, newest first; of deleted entries as well' })
  @Answers(z.array(journalEntrySchema), { description: 'Its versions' })
  versions(@CurrentUser() { userId }: Identity, @Param('id') id: string): Promise<JournalEntry[]> {
    return this.entries.versions(userId, id);
  }

  @Put(':id')
  @ApiOperation({ summary: 'The next version of an entry, in place of the one the body names' })
  @Answers(journalEntrySchema, { description: 'The version that was made' })
  @ApiResponse({ status: 409, description: 'The version named is not the newest any more' })
  change(
    @CurrentUser() { userId }: Identity,
    @Param('id') id: string,
    @Body({ schema: entryChangeSchema }) change: EntryChange,
  ): Promise<JournalEntry> {
    return this.entries.change(userId, id, change);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes an entry; its versions stay, and it can be brought back' })
  @ApiNoContentResponse({ description: 'Deleted' })
  @ApiResponse({ status: 409, description: 'The version named is not the newest any more' })
  remove(
    @CurrentUser() { userId }: Identity,
    @Param('id') id: string,
    @Query({ schema: versionQuerySchema }) { version }: VersionQuery,
  ): Promise<void> {
    return this.entries.remove(userId, id, version);
  }

  @Post(':id/restore')
  @HttpCode(200)
  @ApiOperation({ summary: 'Brings back a deleted entry, or what an earlier version said' })
  @Answers(journalEntrySchema, { description: 'The version that was made' })
  @ApiResponse({ status: 409, description: 'The version named is not the newest any more' })
  restore(
    @CurrentUser() { userId }: Identity,
    @Param('id') id: string,
    @Body({ schema: restoreSchema }) body: Restore,
  ): Promise<JournalEntry> {
    return this.entries.restore(userId, id, body);
  }
}

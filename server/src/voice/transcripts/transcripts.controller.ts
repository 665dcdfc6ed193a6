import { Controller, Delete, Get, HttpCode, Query, UseInterceptors } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { transcriptsSchema, type Transcripts } from '@libs/contract';
import { Answers } from '../../api-docs/index.js';
import { CurrentUser, type Identity } from '../../auth/index.js';
import { DatabaseAwayInterceptor } from '../../persistence/index.js';
import { TranscriptBook } from './transcript-book.js';
import { transcriptsQuerySchema, type TranscriptsQuery } from './transcript-requests.js';

/** What whoever asks and the coach said to each other. */
@ApiTags('coach')
@ApiResponse({ status: 503, description: 'The database is away; nothing was deleted' })
@UseInterceptors(DatabaseAwayInterceptor)
@Controller('api/coach/transcripts')
export class TranscriptsController {
  constructor(private readonly book: TranscriptBook) {}

  @Get()
  @ApiOperation({ summary: 'What was said, newest first, as it was heard; words, never sound' })
  @Answers(transcriptsSchema, { description: 'The lines' })
  find(
    @CurrentUser() { userId }: Identity,
    @Query({ schema: transcriptsQuerySchema }) query: TranscriptsQuery,
  ): Promise<Transcripts> {
    return this.book.find(userId, query);
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes everything that was said' })
  @ApiNoContentResponse({ description: 'Nothing of it is left' })
  removeAll(@CurrentUser() { userId }: Identity): Promise<void> {
    return this.book.removeAll(userId);
  }
}

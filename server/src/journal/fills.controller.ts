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
  fillAnswerSchema,
  fillChangeSchema,
  fillsBodySchema,
  restoreSchema,
  type FillChange,
  type FillsBody,
  type Restore,
} from '@libs/contract';
import * as z from 'zod';
import { Answers } from '../api-docs/index.js';
import { CurrentUser, type Identity } from '../auth/index.js';
import { DoneOnce } from '../once/index.js';
import { DatabaseAwayInterceptor } from '../persistence/index.js';
import { FillsService, type FillAnswer } from './fills.service.js';
import {
  fillsQuerySchema,
  versionQuerySchema,
  type FillsQuery,
  type VersionQuery,
} from './journal-requests.js';

/** Executions, and those written by hand. */
@ApiTags('journal')
@ApiResponse({ status: 503, description: 'The database is away; nothing was written' })
@UseInterceptors(DatabaseAwayInterceptor)
@Controller('api/journal/fills')
export class FillsController {
  constructor(private readonly fills: FillsService) {}

  @Get()
  @ApiOperation({ summary: 'Executions, oldest first' })
  @Answers(z.array(fillAnswerSchema), { description: 'The executions' })
  find(
    @CurrentUser() { userId }: Identity,
    @Query({ schema: fillsQuerySchema }) { from, to, symbol, limit }: FillsQuery,
  ): Promise<FillAnswer[]> {
    return this.fills.find(userId, { fromMs: from, toMs: to, symbol, limit });
  }

  @Post()
  @ApiOperation({ summary: 'Executions written by hand' })
  @Answers(z.array(fillAnswerSchema), { status: 201, description: 'As they are on record' })
  @DoneOnce()
  create(
    @CurrentUser() { userId }: Identity,
    @Body({ schema: fillsBodySchema }) { fills }: FillsBody,
  ): Promise<FillAnswer[]> {
    return this.fills.create(userId, fills);
  }

  @Put(':id')
  @ApiOperation({ summary: 'Corrects an execution that was written by hand' })
  @Answers(fillAnswerSchema, { description: 'Its next version' })
  @ApiResponse({ status: 409, description: 'It came from a file, or the version is not the newest any more' })
  change(
    @CurrentUser() { userId }: Identity,
    @Param('id') id: string,
    @Body({ schema: fillChangeSchema }) change: FillChange,
  ): Promise<FillAnswer> {
    return this.fills.change(userId, id, change);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes an execution; it can be brought back' })
  @ApiNoContentResponse({ description: 'Deleted' })
  @ApiResponse({ status: 409, description: 'The version named is not the newest any more' })
  remove(
    @CurrentUser() { userId }: Identity,
    @Param('id') id: string,
    @Query({ schema: versionQuerySchema }) { version }: VersionQuery,
  ): Promise<void> {
    return this.fills.remove(userId, id, version);
  }

  @Post(':id/restore')
  @HttpCode(200)
  @ApiOperation({ summary: 'Brings back a deleted execution, or an earlier version of it' })
  @Answers(fillAnswerSchema, { description: 'Its next version' })
  @ApiResponse({ status: 409, description: 'The version named is not the newest any more' })
  restore(
    @CurrentUser() { userId }: Identity,
    @Param('id') id: string,
    @Body({ schema: restoreSchema }) body: Restore,
  ): Promise<FillAnswer> {
    return this.fills.restore(userId, id, body);
  }
}

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
  importBeginSchema,
  importCommitSchema,
  importPartSchema,
  importPreviewSchema,
  importStateSchema,
  rowIssueSchema,
  shownImportSchema,
  type ImportBegin,
  type ImportCommit,
  type ImportPart,
  type ImportPreview,
  type ImportState,
} from '@libs/contract';
import type { RowIssue } from '@libs/journal';
import * as z from 'zod';
import { Answers } from '../api-docs/index.js';
import { CurrentUser, type Identity } from '../auth/index.js';
import { DatabaseAwayInterceptor } from '../persistence/index.js';
import { ImportService, type ShownImport } from './import.service.js';
import { partNumberSchema, rowsQuerySchema, type RowsQuery } from './journal-requests.js';

/** Broker files: sent in parts, shown, and imported as a whole or not at all. */
@ApiTags('journal')
@ApiResponse({ status: 503, description: 'The database is away; nothing was written' })
@UseInterceptors(DatabaseAwayInterceptor)
@Controller('api/journal/import')
export class ImportController {
  constructor(private readonly imports: ImportService) {}

  @Get()
  @ApiOperation({ summary: 'Imports, newest first' })
  @Answers(z.array(importStateSchema), { description: 'The imports' })
  list(@CurrentUser() { userId }: Identity): Promise<ImportState[]> {
    return this.imports.list(userId);
  }

  @Post()
  @ApiOperation({
    summary: 'Begins an import; with content the file is read at once, with commit it is imported as well',
  })
  @Answers(shownImportSchema, {
    status: 201,
    description: 'The import, and the first fills where content came along',
  })
  @ApiResponse({ status: 400, description: 'The format is unknown, or the file cannot be read as a whole' })
  @ApiResponse({ status: 409, description: 'Rows of the file were refused; nothing was imported' })
  begin(
    @CurrentUser() { userId }: Identity,
    @Body({ schema: importBeginSchema }) begun: ImportBegin,
  ): Promise<ShownImport> {
    return this.imports.begin(userId, begun);
  }

  @Get(':id')
  @ApiOperation({ summary: 'How far an import is, and what it came to' })
  @Answers(shownImportSchema, { description: 'Its state, and the first fills once it was read' })
  get(@CurrentUser() { userId }: Identity, @Param('id') id: string): Promise<ShownImport> {
    return this.imports.get(userId, id);
  }

  @Put(':id/parts/:part')
  @ApiOperation({ summary: 'Takes a part of the file, numbered from 0; the same part may come again' })
  @Answers(shownImportSchema, { description: 'What came so far' })
  @ApiResponse({ status: 409, description: 'It came before with another content, or the file was imported' })
  @ApiResponse({ status: 413, description: 'The file is too large' })
  takePart(
    @CurrentUser() { userId }: Identity,
    @Param('id') id: string,
    @Param('part', { schema: partNumberSchema }) part: number,
    @Body({ schema: importPartSchema }) { content }: ImportPart,
  ): Promise<ShownImport> {
    return this.imports.takePart(userId, id, part, content);
  }

  @Post(':id/preview')
  @HttpCode(200)
  @ApiOperation({ summary: 'Reads the file and tells what it would come to; nothing is imported' })
  @Answers(shownImportSchema, { description: 'It is being read, or what it would come to' })
  @ApiResponse({ status: 400, description: 'The file cannot be read as a whole' })
  @ApiResponse({ status: 409, description: 'A part is missing' })
  preview(
    @CurrentUser() { userId }: Identity,
    @Param('id') id: string,
    @Body({ schema: importPreviewSchema }) { parts }: ImportPreview,
  ): Promise<ShownImport> {
    return this.imports.preview(userId, id, parts);
  }

  @Post(':id/commit')
  @HttpCode(200)
  @ApiOperation({ summary: 'Imports the whole file or nothing of it; doing it again changes nothing' })
  @Answers(shownImportSchema, { description: 'It is being written, or what it came to' })
  @ApiResponse({ status: 409, description: 'Rows were refused, or a part is missing; nothing was imported' })
  commit(
    @CurrentUser() { userId }: Identity,
    @Param('id') id: string,
    @Body({ schema: importCommitSchema }) body: ImportCommit,
  ): Promise<ShownImport> {
    return this.imports.commit(userId, id, body);
  }

  @Get(':id/rows')
  @ApiOperation({ summary: 'Rows that gave no fill, each with line, column, cell and reason' })
  @Answers(z.array(rowIssueSchema), { description: 'The rows' })
  rows(
    @CurrentUser() { userId }: Identity,
    @Param('id') id: string,
    @Query({ schema: rowsQuerySchema }) { kind, ...page }: RowsQuery,
  ): Promise<RowIssue[]> {
    return this.imports.issues(userId, id, kind, page);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Throws away an unfinished import; undoes a finished one' })
  @ApiNoContentResponse({ description: 'Its fills are deleted' })
  undo(@CurrentUser() { userId }: Identity, @Param('id') id: string): Promise<void> {
    return this.imports.undo(userId, id);
  }

  @Post(':id/restore')
  @HttpCode(200)
  @ApiOperation({ summary: 'Brings back the fills of an import that was undone' })
  @Answers(shownImportSchema, { description: 'Its state afterwards' })
  redo(@CurrentUser() { userId }: Identity, @Param('id') id: string): Promise<ShownImport> {
    return this.imports.redo(userId, id);
  }
}

import { Body, Controller, Delete, Get, HttpCode, Param, Put, UseInterceptors } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { mappingBodySchema, mappingsSchema, namedMappingSchema, type MappingBody } from '@libs/contract';
import { PRESETS, type ColumnMapping } from '@libs/journal';
import { Answers } from '../api-docs/index.js';
import { CurrentUser, type Identity } from '../auth/index.js';
import { badField, ProblemException } from '../common/problem.exception.js';
import { DatabaseAwayInterceptor } from '../persistence/index.js';
import { mappingIn } from './import.service.js';
import { LARGEST_JOURNAL } from './limits.js';
import { MappingStore } from './mapping-store.js';

interface NamedMapping {
  readonly name: string;
  readonly mapping: ColumnMapping;
}

const LONGEST_NAME = 60;

/** How columns of files become fills: those that come with the desk, and those a trader saved. */
@ApiTags('journal')
@ApiResponse({ status: 503, description: 'The database is away; nothing was written' })
@UseInterceptors(DatabaseAwayInterceptor)
@Controller('api/journal/mappings')
export class MappingsController {
  constructor(private readonly mappings: MappingStore) {}

  @Get()
  @ApiOperation({ summary: 'Presets of brokers, and the mappings that were saved' })
  @Answers(mappingsSchema, { description: 'The mappings' })
  async list(
    @CurrentUser() { userId }: Identity,
  ): Promise<{ presets: NamedMapping[]; saved: NamedMapping[] }> {
    const presets = Object.entries(PRESETS).map(([name, mapping]) => ({ name, mapping }));
    return { presets, saved: await this.mappings.list(userId) };
  }

  @Put(':name')
  @ApiOperation({ summary: 'Saves a mapping, in place of one of the same name' })
  @Answers(namedMappingSchema, { description: 'As it was saved' })
  @ApiResponse({ status: 400, description: 'A field of the mapping is faulty' })
  async put(
    @CurrentUser() { userId }: Identity,
    @Param('name') name: string,
    @Body({ schema: mappingBodySchema }) body: MappingBody,
  ): Promise<NamedMapping> {
    if (name.trim() === '' || name.length > LONGEST_NAME)
      throw badField('name', `must have 1 to ${LONGEST_NAME} characters`);
    const mapping = mappingIn(body, 'mapping');
    const saved = await this.mappings.list(userId);
    if (saved.length >= LARGEST_JOURNAL.mappings && !saved.some((one) => one.name === name))
      throw new ProblemException({
        status: 409,
        detail: `There are ${LARGEST_JOURNAL.mappings} mappings; delete one first.`,
      });
    await this.mappings.put(userId, name, mapping);
    return { name, mapping };
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes a saved mapping; files imported with it stay imported' })
  @ApiNoContentResponse({ description: 'There is no such mapping any more' })
  remove(@CurrentUser() { userId }: Identity, @Param('name') name: string): Promise<void> {
    return this.mappings.remove(userId, name);
  }
}

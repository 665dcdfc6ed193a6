import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { symbolInfoSchema, type SymbolInfo } from '@libs/contract';
import * as z from 'zod';
import { Answers } from '../api-docs/index.js';
import { SymbolDesk } from '../market/index.js';
import { symbolsQuerySchema, type SymbolsQuery } from './history-query.js';

/** Which symbols there are. */
@ApiTags('market data')
@Controller('api/symbols')
export class SymbolsController {
  constructor(private readonly desk: SymbolDesk) {}

  @Get()
  @Answers(z.array(symbolInfoSchema), { description: 'Best match first' })
  @ApiOperation({
    summary: 'What is followed now, or what a search finds among everything the feed offers',
  })
  async symbols(
    @Query({ schema: symbolsQuerySchema }) { search, asset_class, limit }: SymbolsQuery,
  ): Promise<readonly SymbolInfo[]> {
    const found = search === undefined ? this.desk.current : await this.desk.search(search, limit);
    const wanted = found.filter((info) => asset_class === undefined || info.asset_class === asset_class);
    return wanted.slice(0, limit);
  }
}

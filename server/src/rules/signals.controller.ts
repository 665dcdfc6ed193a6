import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Signal, Verification } from '@libs/rules';
import { signalsQuerySchema, type SignalsQuery } from './rule-requests.js';
import { RulesService } from './rules.service.js';

/** What fired, and the proof of it. */
@ApiTags('rules')
@Controller('api/signals')
export class SignalsController {
  constructor(private readonly rules: RulesService) {}

  @Get()
  @ApiOperation({ summary: 'Signals, newest first, each with its explanation and its receipt' })
  find(
    @Query({ schema: signalsQuerySchema }) { symbol, rule, from, to, limit }: SignalsQuery,
  ): Promise<Signal[]> {
    return this.rules.find({ symbol, ruleId: rule, fromMs: from, toMs: to, limit });
  }

  @Get(':id')
  @ApiOperation({ summary: 'One signal' })
  get(@Param('id') id: string): Promise<Signal> {
    return this.rules.signal(id);
  }

  @Get(':id/verify')
  @ApiOperation({ summary: 'Recomputes a signal from the bars on record, value by value' })
  verify(@Param('id') id: string): Promise<Verification> {
    return this.rules.verify(id);
  }
}

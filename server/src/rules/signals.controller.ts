import { Controller, Get, Param, Query, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { signalSchema, verificationSchema } from '@libs/contract';
import type { Signal, Verification } from '@libs/rules';
import * as z from 'zod';
import { Answers } from '../api-docs/index.js';
import { CurrentUser, type Identity } from '../auth/index.js';
import { DatabaseAwayInterceptor } from '../persistence/index.js';
import { signalsQuerySchema, type SignalsQuery } from './rule-requests.js';
import { RulesService } from './rules.service.js';

/** What fired, and the proof of it. */
@ApiTags('rules')
@UseInterceptors(DatabaseAwayInterceptor)
@Controller('api/signals')
export class SignalsController {
  constructor(private readonly rules: RulesService) {}

  @Get()
  @ApiOperation({ summary: 'Signals, newest first, each with its explanation and its receipt' })
  @Answers(z.array(signalSchema), { description: 'The signals' })
  find(
    @CurrentUser() { userId: ownerId }: Identity,
    @Query({ schema: signalsQuerySchema }) { symbol, rule, from, to, limit }: SignalsQuery,
  ): Promise<Signal[]> {
    return this.rules.find({ ownerId, symbol, ruleId: rule, fromMs: from, toMs: to, limit });
  }

  @Get(':id')
  @ApiOperation({ summary: 'One signal' })
  @Answers(signalSchema, { description: 'The signal' })
  get(@CurrentUser() { userId }: Identity, @Param('id') id: string): Promise<Signal> {
    return this.rules.signal(userId, id);
  }

  @Get(':id/verify')
  @ApiOperation({ summary: 'Recomputes a signal from the bars on record, value by value' })
  @Answers(verificationSchema, { description: 'Whether it holds, and what differs' })
  verify(@CurrentUser() { userId }: Identity, @Param('id') id: string): Promise<Verification> {
    return this.rules.verify(userId, id);
  }
}

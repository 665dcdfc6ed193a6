import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { ruleDraftSchema, type RuleDraft } from '@libs/contract';
import {
  SETUPS,
  signatureOf,
  VOCABULARY,
  type BacktestResult,
  type BarExplanation,
  type Setup,
  type WordName,
} from '@libs/rules';
import type { Request } from 'express';
import { BacktestService } from './backtest.service.js';
import {
  backtestBodySchema,
  explainQuerySchema,
  ruleChangeSchema,
  ruleDeleteSchema,
  validateSchema,
  type BacktestBody,
  type ExplainQuery,
  type RuleChange,
  type RuleDelete,
  type ValidateBody,
} from './rule-requests.js';
import type { RuleVersion } from './rule-store.js';
import { RulesService, type Checked } from './rules.service.js';

/** Alert rules: read, written by version, checked, tried over history, and asked why they were silent. */
@ApiTags('rules')
@Controller('api/rules')
export class RulesController {
  constructor(
    private readonly rules: RulesService,
    private readonly backtests: BacktestService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The newest version of every rule' })
  list(): Promise<RuleVersion[]> {
    return this.rules.list();
  }

  @Post()
  @ApiOperation({ summary: 'A new rule; it is judged by the bars that close from now on' })
  @ApiCreatedResponse({ description: 'Its first version' })
  @ApiResponse({ status: 400, description: 'A field or the condition is faulty; errors[] says where' })
  create(@Body({ schema: ruleDraftSchema }) draft: RuleDraft): Promise<RuleVersion> {
    return this.rules.create(draft);
  }

  @Get('setups')
  @ApiOperation({ summary: 'Ready conditions to start from' })
  setups(): readonly Setup[] {
    return SETUPS;
  }

  @Get('words')
  @ApiOperation({ summary: 'The words of the rule language' })
  words(): { word: string; written: string; summary: string }[] {
    return (Object.keys(VOCABULARY) as WordName[]).map((word) => ({
      word,
      written: signatureOf(word),
      summary: VOCABULARY[word].summary,
    }));
  }

  @Post('validate')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Checks a condition as saving it would; a fault comes with its place in the text',
  })
  validate(@Body({ schema: validateSchema }) { when, timeframe }: ValidateBody): Checked {
    return this.rules.validate(when, timeframe);
  }

  @Post('backtest')
  @HttpCode(200)
  @ApiOperation({
    summary: 'What a rule would have signalled and traded over the bars on record; ends with the request',
  })
  @ApiResponse({ status: 413, description: 'Too many bars' })
  @ApiResponse({ status: 429, description: 'Another backtest is running' })
  backtest(
    @Body({ schema: backtestBodySchema }) body: BacktestBody,
    @Req() request: Request,
  ): Promise<BacktestResult> {
    return this.backtests.run(body, () => request.socket.destroyed);
  }

  @Get(':id')
  @ApiOperation({ summary: 'The newest version of a rule' })
  get(@Param('id') id: string): Promise<RuleVersion> {
    return this.rules.get(id);
  }

  @Get(':id/versions')
  @ApiOperation({ summary: 'Every version of a rule, newest first; of deleted rules as well' })
  versions(@Param('id') id: string): Promise<RuleVersion[]> {
    return this.rules.versions(id);
  }

  @Put(':id')
  @ApiOperation({ summary: 'The next version of a rule, in place of the one the body names' })
  @ApiResponse({ status: 409, description: 'The version named is not the newest any more' })
  change(
    @Param('id') id: string,
    @Body({ schema: ruleChangeSchema }) change: RuleChange,
  ): Promise<RuleVersion> {
    return this.rules.change(id, change);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes a rule; its versions and signals stay on record' })
  @ApiNoContentResponse({ description: 'Deleted' })
  @ApiResponse({ status: 409, description: 'The version named is not the newest any more' })
  remove(
    @Param('id') id: string,
    @Query({ schema: ruleDeleteSchema }) { version }: RuleDelete,
  ): Promise<void> {
    return this.rules.remove(id, version);
  }

  @Get(':id/explain')
  @ApiOperation({
    summary: 'Why a rule did or did not signal at a bar: the parts of its condition with their values',
  })
  explain(
    @Param('id') id: string,
    @Query({ schema: explainQuerySchema }) { symbol, seq }: ExplainQuery,
  ): Promise<BarExplanation> {
    return this.rules.explain(id, symbol, seq);
  }
}

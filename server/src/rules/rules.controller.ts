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
  Req,
  UseInterceptors,
} from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  backtestResultSchema,
  barExplanationSchema,
  checkedConditionSchema,
  ownRuleSchema,
  ruleDraftSchema,
  ruleSchema,
  ruleSetupSchema,
  ruleWordSchema,
  type OwnRule,
  type RuleDraft,
} from '@libs/contract';
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
import * as z from 'zod';
import { Answers } from '../api-docs/index.js';
import { CurrentUser, type Identity } from '../auth/index.js';
import { DoneOnce } from '../once/index.js';
import { DatabaseAwayInterceptor } from '../persistence/index.js';
import { BacktestService } from './backtest.service.js';
import {
  backtestBodySchema,
  explainQuerySchema,
  muteSchema,
  ruleChangeSchema,
  ruleDeleteSchema,
  validateSchema,
  type BacktestBody,
  type ExplainQuery,
  type MuteBody,
  type RuleChange,
  type RuleDelete,
  type ValidateBody,
} from './rule-requests.js';
import type { RuleVersion } from './rule-store.js';
import { RulesService, type Checked } from './rules.service.js';

/** Alert rules: read, written by version, checked, tried over history, and asked why they were silent. */
@ApiTags('rules')
@UseInterceptors(DatabaseAwayInterceptor)
@Controller('api/rules')
export class RulesController {
  constructor(
    private readonly rules: RulesService,
    private readonly backtests: BacktestService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The newest version of every rule' })
  @Answers(z.array(ownRuleSchema), { description: 'The rules' })
  list(@CurrentUser() { userId }: Identity): Promise<OwnRule[]> {
    return this.rules.list(userId);
  }

  @Post()
  @ApiOperation({ summary: 'A new rule; it is judged by the bars that close from now on' })
  @Answers(ownRuleSchema, { status: 201, description: 'Its first version' })
  @ApiResponse({ status: 400, description: 'A field or the condition is faulty; errors[] says where' })
  @DoneOnce()
  create(
    @CurrentUser() { userId }: Identity,
    @Body({ schema: ruleDraftSchema }) draft: RuleDraft,
  ): Promise<OwnRule> {
    return this.rules.create(userId, draft);
  }

  @Get('setups')
  @ApiOperation({ summary: 'Ready conditions to start from' })
  @Answers(z.array(ruleSetupSchema), { description: 'The setups' })
  setups(): readonly Setup[] {
    return SETUPS;
  }

  @Get('words')
  @ApiOperation({ summary: 'The words of the rule language' })
  @Answers(z.array(ruleWordSchema), { description: 'The words' })
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
  @Answers(checkedConditionSchema, { description: 'What was found' })
  validate(@Body({ schema: validateSchema }) { when, timeframe }: ValidateBody): Checked {
    return this.rules.validate(when, timeframe);
  }

  @Post('backtest')
  @HttpCode(200)
  @ApiOperation({
    summary: 'What a rule would have signalled and traded over the bars on record; ends with the request',
  })
  @Answers(backtestResultSchema, { description: 'Signals, trades and what they come to' })
  @ApiResponse({ status: 413, description: 'Too many bars' })
  @ApiResponse({ status: 429, description: 'Another backtest is running' })
  backtest(
    @CurrentUser() { userId }: Identity,
    @Body({ schema: backtestBodySchema }) body: BacktestBody,
    @Req() request: Request,
  ): Promise<BacktestResult> {
    return this.backtests.run(userId, body, () => request.socket.destroyed);
  }

  @Get(':id')
  @ApiOperation({ summary: 'The newest version of a rule' })
  @Answers(ownRuleSchema, { description: 'The rule' })
  get(@CurrentUser() { userId }: Identity, @Param('id') id: string): Promise<OwnRule> {
    return this.rules.get(userId, id);
  }

  @Get(':id/versions')
  @ApiOperation({ summary: 'Every version of a rule, newest first; of deleted rules as well' })
  @Answers(z.array(ruleSchema), { description: 'Its versions' })
  versions(@CurrentUser() { userId }: Identity, @Param('id') id: string): Promise<RuleVersion[]> {
    return this.rules.versions(userId, id);
  }

  @Put(':id')
  @ApiOperation({ summary: 'The next version of a rule, in place of the one the body names' })
  @Answers(ownRuleSchema, { description: 'The version that was made' })
  @ApiResponse({ status: 409, description: 'The version named is not the newest any more' })
  change(
    @CurrentUser() { userId }: Identity,
    @Param('id') id: string,
    @Body({ schema: ruleChangeSchema }) change: RuleChange,
  ): Promise<OwnRule> {
    return this.rules.change(userId, id, change);
  }

  @Put(':id/mute')
  @ApiOperation({ summary: 'Until when alerts of a rule come without sound, notification and delivery' })
  @Answers(ownRuleSchema, { description: 'The rule' })
  mute(
    @CurrentUser() { userId }: Identity,
    @Param('id') id: string,
    @Body({ schema: muteSchema }) { until }: MuteBody,
  ): Promise<OwnRule> {
    return this.rules.mute(userId, id, until);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes a rule; its versions and signals stay on record' })
  @ApiNoContentResponse({ description: 'Deleted' })
  @ApiResponse({ status: 409, description: 'The version named is not the newest any more' })
  remove(
    @CurrentUser() { userId }: Identity,
    @Param('id') id: string,
    @Query({ schema: ruleDeleteSchema }) { version }: RuleDelete,
  ): Promise<void> {
    return this.rules.remove(userId, id, version);
  }

  @Get(':id/explain')
  @ApiOperation({
    summary: 'Why a rule did or did not signal at a bar: the parts of its condition with their values',
  })
  @Answers(barExplanationSchema, { description: 'The outcome and what decided it' })
  explain(
    @CurrentUser() { userId }: Identity,
    @Param('id') id: string,
    @Query({ schema: explainQuerySchema }) { symbol, seq }: ExplainQuery,
  ): Promise<BarExplanation> {
    return this.rules.explain(userId, id, symbol, seq);
  }
}

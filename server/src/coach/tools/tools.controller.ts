import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { toolAnswerSchema, toolDescriptionSchema } from '@libs/contract';
import { factsOf, type Fact, type Finding } from '@libs/coach';
import * as z from 'zod';
import { Answers } from '../../api-docs/index.js';
import { CurrentUser, type Identity } from '../../auth/index.js';
import { ProblemException } from '../../common/problem.exception.js';
import { DeskTime } from './desk-time.js';
import { ToolBox, type ToolDescription } from './tool-box.js';
import { ToolFault } from './tool-fault.js';

/** What a tool found, and every figure of it that may be spoken, with its source and age. */
export interface ToolAnswer {
  readonly finding: Finding | null;
  readonly facts: readonly Fact[];
  /** What time it is on the desk, UTC epoch milliseconds. */
  readonly now: number;
}

const STATUS: Record<ToolFault['code'], number> = {
  unknown_tool: 404,
  bad_input: 400,
  not_found: 404,
  too_many: 429,
  too_slow: 503,
  unavailable: 503,
};

/** The coach's tools over REST, by the same code and schemas the voice uses. Those that act are the trader's alone. */
@ApiTags('coach')
@Controller('tools')
export class ToolsController {
  constructor(
    private readonly box: ToolBox,
    private readonly time: DeskTime,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What the coach can do, each with the JSON Schema of its input' })
  @Answers(z.array(toolDescriptionSchema), { description: 'The tools' })
  list(): ToolDescription[] {
    return this.box.descriptions;
  }

  @Post(':name')
  @HttpCode(200)
  @ApiOperation({ summary: 'Runs a tool that reads; the body is its input' })
  @ApiBody({ schema: { type: 'object', additionalProperties: true, example: { symbol: 'SPY' } } })
  @Answers(toolAnswerSchema, { description: 'What it found' })
  @ApiResponse({ status: 404, description: 'No such tool, or nothing of that name' })
  @ApiResponse({
    status: 403,
    description: 'It acts: say it to the coach, or use the route that does the same',
  })
  async run(
    @Param('name') name: string,
    @Body() input: Record<string, unknown> | undefined,
    @CurrentUser() { userId }: Identity,
  ): Promise<ToolAnswer> {
    if (this.box.isActing(name) === true)
      throw new ProblemException({
        status: 403,
        detail: `${name} changes something and needs the trader's word in a conversation. Rules are made at /api/rules.`,
      });
    try {
      const { finding } = await this.box.run(name, input ?? {}, { userId });
      const now = this.time.nowMs();
      return { finding, facts: finding === null ? [] : factsOf(finding, now), now };
    } catch (thrown) {
      if (!(thrown instanceof ToolFault)) throw thrown;
      throw problemOf(thrown);
    }
  }
}

function problemOf({ code, message, fields }: ToolFault): ProblemException {
  const status = STATUS[code];
  return new ProblemException({
    status,
    detail: message,
    ...(fields.length > 0 && { errors: [...fields] }),
    ...(status >= 429 && { retryAfterS: 2 }),
  });
}

import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  replayRefSchema,
  replaySeekSchema,
  replaySignalSchema,
  replaySignalsSchema,
  replaySpeedChangeSchema,
  replayStartSchema,
  replayStateSchema,
  type AlertEvent,
  type ReplayRef,
  type ReplaySeek,
  type ReplaySignals,
  type ReplaySpeedChange,
  type ReplayStart,
  type ReplayState,
} from '@libs/contract';
import * as z from 'zod';
import { Answers } from '../api-docs/index.js';
import { CurrentUser, type Identity } from '../auth/index.js';
import { ReplaysService } from './replays.service.js';

const NO_SUCH_REPLAY = 'The session has no such replay';
const WHICH_REPLAY = 'The session has several replays and none was named';

/** Recorded data played again on a clock of its own; each replay belongs to the session that started it. */
@ApiTags('replay')
@Controller('api/replay')
export class ReplayController {
  constructor(private readonly replays: ReplaysService) {}

  @Get()
  @ApiOperation({ summary: "The session's replays, oldest first" })
  @Answers(z.array(replayStateSchema), { description: 'Their states' })
  list(@CurrentUser() user: Identity): ReplayState[] {
    return this.replays.list(user);
  }

  @Post('start')
  @ApiOperation({
    summary:
      'Starts a replay: of recorded trades where there are any, else of the bars on record. Its stream is /realtime/sse with replay=ID',
  })
  @Answers(replayStateSchema, { status: 201, description: 'It plays, or waits where `paused` says so' })
  @ApiResponse({ status: 404, description: 'Nothing is recorded of a symbol in that time' })
  @ApiResponse({ status: 409, description: 'The session has as many replays as it may' })
  @ApiResponse({ status: 413, description: 'More than one replay may hold' })
  @ApiResponse({ status: 503, description: 'All places are taken' })
  start(
    @CurrentUser() user: Identity,
    @Body({ schema: replayStartSchema }) start: ReplayStart,
  ): Promise<ReplayState> {
    return this.replays.start(user, start);
  }

  @Post('pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'Stops time in a replay where it is' })
  @Answers(replayStateSchema, { description: 'Its state afterwards' })
  @ApiResponse({ status: 404, description: NO_SUCH_REPLAY })
  @ApiResponse({ status: 409, description: WHICH_REPLAY })
  pause(
    @CurrentUser() user: Identity,
    @Body({ schema: replayRefSchema }) { id }: ReplayRef,
  ): Promise<ReplayState> {
    return this.replays.pick(user, id).pause();
  }

  @Post('resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Lets time run on' })
  @Answers(replayStateSchema, { description: 'Its state afterwards' })
  @ApiResponse({ status: 404, description: NO_SUCH_REPLAY })
  @ApiResponse({ status: 409, description: `It has ended. ${WHICH_REPLAY}` })
  resume(
    @CurrentUser() user: Identity,
    @Body({ schema: replayRefSchema }) { id }: ReplayRef,
  ): Promise<ReplayState> {
    return this.replays.pick(user, id).resume();
  }

  @Post('step')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Pauses, and goes on to the next finalized bar of the timeframe it was started with',
  })
  @Answers(replayStateSchema, { description: 'Its state afterwards' })
  @ApiResponse({ status: 404, description: NO_SUCH_REPLAY })
  @ApiResponse({ status: 409, description: WHICH_REPLAY })
  step(
    @CurrentUser() user: Identity,
    @Body({ schema: replayRefSchema }) { id }: ReplayRef,
  ): Promise<ReplayState> {
    return this.replays.pick(user, id).step();
  }

  @Post('speed')
  @HttpCode(200)
  @ApiOperation({ summary: 'Multiple of real time from 0.1 to 1000, or max' })
  @Answers(replayStateSchema, { description: 'Its state afterwards' })
  @ApiResponse({ status: 404, description: NO_SUCH_REPLAY })
  @ApiResponse({ status: 409, description: WHICH_REPLAY })
  speed(
    @CurrentUser() user: Identity,
    @Body({ schema: replaySpeedChangeSchema }) { id, speed }: ReplaySpeedChange,
  ): Promise<ReplayState> {
    return this.replays.pick(user, id).setSpeed(speed);
  }

  @Post('seek')
  @HttpCode(200)
  @ApiOperation({ summary: 'Goes to a moment; back begins another epoch on the stream' })
  @Answers(replayStateSchema, { description: 'Its state afterwards' })
  @ApiResponse({ status: 404, description: NO_SUCH_REPLAY })
  @ApiResponse({ status: 409, description: WHICH_REPLAY })
  seek(
    @CurrentUser() user: Identity,
    @Body({ schema: replaySeekSchema }) { id, time }: ReplaySeek,
  ): Promise<ReplayState> {
    return this.replays.pick(user, id).seek(time);
  }

  @Post('stop')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ends a replay and its streams; its last state is answered' })
  @Answers(replayStateSchema, { description: 'Its state afterwards' })
  @ApiResponse({ status: 404, description: NO_SUCH_REPLAY })
  @ApiResponse({ status: 409, description: WHICH_REPLAY })
  stop(
    @CurrentUser() user: Identity,
    @Body({ schema: replayRefSchema }) { id }: ReplayRef,
  ): Promise<ReplayState> {
    return this.replays.stop(user, id);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One replay of the session' })
  @Answers(replayStateSchema, { description: 'Its state' })
  get(@CurrentUser() user: Identity, @Param('id') id: string): ReplayState {
    return this.replays.pick(user, id).state;
  }

  @Get(':id/signals')
  @ApiOperation({ summary: 'What the rules of a replay have found up to its clock, newest first' })
  @Answers(z.array(replaySignalSchema), { description: 'The newest of them; none of them is on record' })
  @ApiResponse({ status: 404, description: NO_SUCH_REPLAY })
  signals(
    @CurrentUser() user: Identity,
    @Param('id') id: string,
    @Query({ schema: replaySignalsSchema }) { limit }: ReplaySignals,
  ): AlertEvent[] {
    return this.replays.pick(user, id).alerts(limit);
  }
}

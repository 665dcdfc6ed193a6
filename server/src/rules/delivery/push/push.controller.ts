import { Body, Controller, Delete, Get, HttpCode, Param, Post, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Answers } from '../../../api-docs/index.js';
import { CurrentUser, type Identity } from '../../../auth/index.js';
import { DatabaseAwayInterceptor } from '../../../persistence/index.js';
import { deliveryTestSchema, type DeliveryTest } from '../delivery-requests.js';
import {
  pushDeviceSchema,
  pushDraftSchema,
  pushStateSchema,
  type PushDevice,
  type PushDraft,
  type PushState,
} from './push-requests.js';
import { PushService } from './push.service.js';

/** Devices that are told of alerts. */
@ApiTags('rules')
@UseInterceptors(DatabaseAwayInterceptor)
@Controller('api/push')
export class PushController {
  constructor(private readonly push: PushService) {}

  @Get()
  @ApiOperation({ summary: 'Devices that are told of alerts by Web Push, and the key to subscribe with' })
  @Answers(pushStateSchema, { description: 'Without their addresses and keys' })
  state(@CurrentUser() { userId }: Identity): Promise<PushState> {
    return this.push.state(userId);
  }

  @Post()
  @ApiOperation({ summary: 'A device that is to be told of every alert from now on; again for new keys' })
  @Answers(pushDeviceSchema, { status: 201, description: 'The device' })
  @ApiResponse({ status: 400, description: 'The address may not be reached from here, or the keys are none' })
  @ApiResponse({ status: 409, description: 'There are as many as there may be' })
  add(
    @CurrentUser() { userId }: Identity,
    @Body({ schema: pushDraftSchema }) draft: PushDraft,
  ): Promise<PushDevice> {
    return this.push.add(userId, draft);
  }

  @Post(':id/test')
  @HttpCode(200)
  @ApiOperation({ summary: 'Sends a test to a device at once, sealed as an alert is' })
  @Answers(deliveryTestSchema, { description: 'What its push service answered' })
  test(@CurrentUser() { userId }: Identity, @Param('id') id: string): Promise<DeliveryTest> {
    return this.push.test(userId, id);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Tells a device no more' })
  @ApiResponse({ status: 204, description: 'It is gone' })
  remove(@CurrentUser() { userId }: Identity, @Param('id') id: string): Promise<void> {
    return this.push.remove(userId, id);
  }
}

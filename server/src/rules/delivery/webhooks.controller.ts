import { Body, Controller, Delete, Get, HttpCode, Param, Post, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { Answers } from '../../api-docs/index.js';
import { CurrentUser, type Identity } from '../../auth/index.js';
import { DatabaseAwayInterceptor } from '../../persistence/index.js';
import { deliveryTestSchema, type DeliveryTest } from './delivery-requests.js';
import {
  newWebhookSchema,
  webhookDraftSchema,
  webhookSchema,
  type NewWebhook,
  type Webhook,
  type WebhookDraft,
} from './webhook-requests.js';
import { WebhooksService } from './webhooks.service.js';

/** Where alerts are posted to. */
@ApiTags('rules')
@UseInterceptors(DatabaseAwayInterceptor)
@Controller('api/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Get()
  @ApiOperation({ summary: 'Where alerts are posted to, oldest first' })
  @Answers(z.array(webhookSchema), { description: 'Without their secrets' })
  list(@CurrentUser() { userId }: Identity): Promise<Webhook[]> {
    return this.webhooks.list(userId);
  }

  @Post()
  @ApiOperation({ summary: 'A new webhook: every alert from now on is posted to it, at least once' })
  @Answers(newWebhookSchema, { status: 201, description: 'With the secret, which is shown this once' })
  @ApiResponse({ status: 400, description: 'The address may not be reached from here' })
  @ApiResponse({ status: 409, description: 'There are as many as there may be' })
  create(
    @CurrentUser() { userId }: Identity,
    @Body({ schema: webhookDraftSchema }) draft: WebhookDraft,
  ): Promise<NewWebhook> {
    return this.webhooks.create(userId, draft);
  }

  @Post(':id/test')
  @HttpCode(200)
  @ApiOperation({ summary: 'Sends a test at once, signed as an alert is' })
  @Answers(deliveryTestSchema, { description: 'What came back' })
  test(@CurrentUser() { userId }: Identity, @Param('id') id: string): Promise<DeliveryTest> {
    return this.webhooks.test(userId, id);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes a webhook, with what waits for it' })
  @ApiResponse({ status: 204, description: 'It is gone' })
  remove(@CurrentUser() { userId }: Identity, @Param('id') id: string): Promise<void> {
    return this.webhooks.remove(userId, id);
  }
}

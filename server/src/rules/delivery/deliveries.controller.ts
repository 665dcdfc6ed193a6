import { Controller, Get, Query, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { AlertEvent } from '@libs/contract';
import * as z from 'zod';
import { Answers } from '../../api-docs/index.js';
import { CurrentUser, type Identity } from '../../auth/index.js';
import { DatabaseAwayInterceptor } from '../../persistence/index.js';
import {
  deliveriesQuerySchema,
  deliverySchema,
  type DeliveriesQuery,
  type Delivery,
} from './delivery-requests.js';
import { Outbox, type LoggedDelivery } from './outbox.js';

/** The log of what was sent where. */
@ApiTags('rules')
@UseInterceptors(DatabaseAwayInterceptor)
@Controller('api/deliveries')
export class DeliveriesController {
  constructor(private readonly outbox: Outbox) {}

  @Get()
  @ApiOperation({ summary: 'What was sent, is being tried, or was given up; newest first, seven days of it' })
  @Answers(z.array(deliverySchema), { description: 'The log' })
  async list(
    @CurrentUser() { userId }: Identity,
    @Query({ schema: deliveriesQuerySchema }) { limit }: DeliveriesQuery,
  ): Promise<Delivery[]> {
    return (await this.outbox.list(userId, limit)).map(asLine);
  }
}

function asLine(delivery: LoggedDelivery): Delivery {
  const { id, targetId: target, kind, eventId: event, state, attempts, outcome } = delivery;
  const alert = JSON.parse(delivery.body) as Pick<AlertEvent, 'id' | 'symbol' | 'rule' | 'bar_start'>;
  return {
    id,
    target,
    kind,
    event,
    signal: alert.id,
    title: `${alert.symbol} ${alert.rule.name}`,
    bar_start: alert.bar_start,
    state,
    attempts,
    due: delivery.dueMs,
    tried: delivery.triedMs,
    outcome,
  };
}

import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Clock } from 'penstock/kernel';

import { RequireScope } from '../auth/index.js';
import { toPage, type Page } from '../http/index.js';
import { ApiErrors } from '../openapi/index.js';
import { DeliveryStore } from './delivery/delivery-store.js';
import type { WebhookAttempt } from './delivery/webhook-attempt.entity.js';
import type { WebhookDelivery } from './delivery/webhook-delivery.entity.js';
import { WebhookDispatcher } from './delivery/webhook-dispatcher.js';
import { WebhookError } from './webhooks.errors.js';
import {
  deliveryDetailSchema,
  deliveryPageSchema,
  deliverySchema,
  listDeliveriesSchema,
  type DeliveryDetailView,
  type DeliveryView,
  type ListDeliveriesQuery,
} from './webhooks.schemas.js';

/** What was sent to receivers, and what came of it. */
@ApiTags('Admin: webhooks')
@RequireScope('admin')
@Controller('admin/webhooks')
export class WebhooksController {
  constructor(
    private readonly store: DeliveryStore,
    private readonly dispatcher: WebhookDispatcher,
    private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List webhooks, newest first.' })
  @ApiResponse({ status: 200, standardSchema: deliveryPageSchema })
  @ApiErrors(400, 401, 403)
  async list(
    @Query({ schema: listDeliveriesSchema })
    { status, key: keyId, generation: generationId, limit, cursor: after }: ListDeliveriesQuery,
  ): Promise<Page<DeliveryView>> {
    const rows = await this.store.list({ status, keyId, generationId, limit: limit + 1, after });
    return toPage(rows, limit, viewOf);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a webhook with its attempts, the last 100.' })
  @ApiResponse({ status: 200, standardSchema: deliveryDetailSchema })
  @ApiErrors(401, 403, 404)
  async read(@Param('id') id: string): Promise<DeliveryDetailView> {
    const delivery = await this.store.find(id);
    if (delivery === null) throw notFound(id);
    const attempts = await this.store.attemptsOf(id);
    return { ...viewOf(delivery), body: delivery.body, history: attempts.map(attemptOf) };
  }

  @Post(':id/replay')
  @HttpCode(202)
  @ApiOperation({ summary: 'Send a webhook again, whatever became of it, with a whole schedule of retries.' })
  @ApiResponse({ status: 202, standardSchema: deliverySchema })
  @ApiErrors(401, 403, 404)
  async replay(@Param('id') id: string): Promise<DeliveryView> {
    const delivery = await this.store.replay(id, this.clock.now());
    if (delivery === null) throw notFound(id);
    this.dispatcher.hurry(delivery.generationId);
    return viewOf(delivery);
  }
}

const notFound = (id: string): WebhookError =>
  WebhookError.of('webhook_not_found', `There is no webhook "${id.slice(0, 100)}" (any more).`);

const toIso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

function viewOf(delivery: WebhookDelivery): DeliveryView {
  const { id, type, generationId, keyId, url, status, attempts, lastError } = delivery;
  return {
    id,
    type,
    generationId,
    keyId,
    url,
    status,
    attempts,
    lastError,
    nextAttemptAt: status === 'pending' ? toIso(delivery.nextAttemptAt) : null,
    createdAt: new Date(delivery.createdAt).toISOString(),
    endedAt: toIso(delivery.endedAt),
  };
}

function attemptOf(attempt: WebhookAttempt): DeliveryDetailView['history'][number] {
  const { number, at, durationMs, url, httpStatus, error, answer } = attempt;
  return { number, at: new Date(at).toISOString(), durationMs, url, httpStatus, error, answer };
}

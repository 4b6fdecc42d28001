import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { RequireScope } from '../auth/index.js';
import { ApiErrors } from '../openapi/index.js';
import { WebhookEndpoints, type ChangedEndpoint } from './endpoints/webhook-endpoints.js';
import type { WebhookEndpoint } from './endpoints/webhook-endpoint.entity.js';
import {
  changedEndpointSchema,
  endpointSchema,
  rotateSchema,
  setEndpointSchema,
  type ChangedEndpointView,
  type EndpointView,
  type RotateBody,
  type SetEndpointBody,
} from './webhooks.schemas.js';

/** Where the events of API keys go. */
@ApiTags('Admin: API keys')
@RequireScope('admin')
@Controller('admin/keys/:id/webhook')
export class KeyWebhooksController {
  constructor(private readonly endpoints: WebhookEndpoints) {}

  @Get()
  @ApiOperation({ summary: 'Read the webhook of an API key.' })
  @ApiResponse({ status: 200, standardSchema: endpointSchema })
  @ApiErrors(401, 403, 404)
  read(@Param('id') id: string): EndpointView {
    return viewOf(this.endpoints.get(id));
  }

  @Put()
  @ApiOperation({
    summary: 'Set where the events of an API key go. The first time, only this answer shows the secret.',
  })
  @ApiResponse({ status: 200, standardSchema: changedEndpointSchema })
  @ApiErrors(400, 401, 403, 404)
  async set(
    @Param('id') id: string,
    @Body({ schema: setEndpointSchema }) { url }: SetEndpointBody,
  ): Promise<ChangedEndpointView> {
    return changedOf(await this.endpoints.set(id, url));
  }

  @Post('rotate')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make a new secret. For a while webhooks are signed with both.' })
  @ApiResponse({ status: 200, standardSchema: changedEndpointSchema })
  @ApiErrors(400, 401, 403, 404)
  async rotate(
    @Param('id') id: string,
    @Body({ schema: rotateSchema }) { overlapSeconds }: RotateBody,
  ): Promise<ChangedEndpointView> {
    return changedOf(await this.endpoints.rotate(id, overlapSeconds * 1_000));
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Send nothing for this API key any more. What is under way to its receivers is given up.',
  })
  @ApiResponse({ status: 204 })
  @ApiErrors(401, 403, 404)
  async remove(@Param('id') id: string): Promise<void> {
    await this.endpoints.remove(id);
  }
}

const toIso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

function viewOf({ keyId, url, createdAt, previousUntil, disabledAt }: WebhookEndpoint): EndpointView {
  return {
    keyId,
    url,
    createdAt: new Date(createdAt).toISOString(),
    previousSecretUntil: toIso(previousUntil),
    disabledAt: toIso(disabledAt),
  };
}

const changedOf = ({ endpoint, secret }: ChangedEndpoint): ChangedEndpointView => ({
  ...viewOf(endpoint),
  secret,
});

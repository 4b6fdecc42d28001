import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { toPage, type Page } from '../http/index.js';
import { ApiErrors } from '../openapi/api-errors.js';

import { RequireScope } from './access.decorators.js';
import type { ApiKey } from './api-key.entity.js';
import {
  changeKeySchema,
  createdKeySchema,
  createKeySchema,
  keyPageSchema,
  keySchema,
  listKeysSchema,
  type ChangeKeyBody,
  type CreatedKeyView,
  type CreateKeyBody,
  type KeyView,
  type ListKeysQuery,
} from './api-keys.schemas.js';
import { ApiKeysService, type ApiKeyPatch } from './api-keys.service.js';
import { STANDARD_PRIORITY } from './key-priority.js';

/** The keys of clients. */
@ApiTags('Admin: API keys')
@RequireScope('admin')
@Controller('admin/keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Get()
  @ApiOperation({ summary: 'List the API keys, newest first. PENSTOCK_ADMIN_KEY is not among them.' })
  @ApiResponse({ status: 200, standardSchema: keyPageSchema, description: 'A page of keys.' })
  @ApiErrors(400, 401, 403)
  async list(@Query({ schema: listKeysSchema }) { limit, cursor }: ListKeysQuery): Promise<Page<KeyView>> {
    return toPage(await this.keys.list(limit + 1, cursor), limit, toView);
  }

  @Post()
  @ApiOperation({ summary: 'Make an API key. Only this answer shows it.' })
  @ApiResponse({ status: 201, standardSchema: createdKeySchema, description: 'The key.' })
  @ApiErrors(400, 401, 403)
  async create(@Body({ schema: createKeySchema }) body: CreateKeyBody): Promise<CreatedKeyView> {
    const { row, key } = await this.keys.create(body);
    return { ...toView(row), key };
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Change the label, the limits or the priority of an API key. They count from now on.',
  })
  @ApiResponse({ status: 200, standardSchema: keySchema, description: 'The key after the change.' })
  @ApiErrors(400, 401, 403, 404)
  async change(
    @Param('id') id: string,
    @Body({ schema: changeKeySchema }) { label, limits, priority }: ChangeKeyBody,
  ): Promise<KeyView> {
    const patch: ApiKeyPatch = {
      ...(label === undefined ? {} : { label }),
      ...(limits === undefined ? {} : { limits }),
      ...(priority === undefined ? {} : { priority }),
    };
    return toView(await this.keys.change(id, patch));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete an API key. Requests with it are refused from now on.' })
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiErrors(401, 403, 404, 409)
  async delete(@Param('id') id: string): Promise<void> {
    await this.keys.delete(id);
  }
}

function toView({ id, label, prefix, scopes, limits, priority, createdAt, lastUsedAt }: ApiKey): KeyView {
  return {
    id,
    label,
    prefix,
    scopes: [...scopes],
    limits,
    priority: { ...(priority ?? STANDARD_PRIORITY) },
    createdAt: new Date(createdAt).toISOString(),
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
  };
}

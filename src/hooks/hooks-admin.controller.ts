import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { RequireScope } from '../auth/index.js';
import { ApiErrors } from '../openapi/index.js';
import { HookChannels, type HookChannel } from './hook-channels.js';
import { HookSecrets } from './hook-secrets.js';
import { HookError } from './hooks.errors.js';
import {
  hookChannelSchema,
  hookChannelsSchema,
  setHookSecretsSchema,
  type HookChannelsView,
  type HookChannelView,
  type SetHookSecretsBody,
} from './hooks.schemas.js';
import { InboundHooks } from './inbound-hooks.js';

/** Which upstreams call back, and what proves it. */
@ApiTags('Admin: callbacks of upstreams')
@RequireScope('admin')
@Controller('admin/hooks')
export class HooksAdminController {
  constructor(
    private readonly channels: HookChannels,
    private readonly secrets: HookSecrets,
    private readonly hooks: InboundHooks,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List the providers whose upstreams can call back, and where they do.' })
  @ApiResponse({ status: 200, standardSchema: hookChannelsSchema })
  @ApiErrors(401, 403)
  list(): HookChannelsView {
    return { data: this.channels.all().map((channel) => this.#viewOf(channel)) };
  }

  @Put(':provider/secrets')
  @ApiOperation({ summary: 'Set what the upstream signs callbacks with. It is sealed, and shown no more.' })
  @ApiResponse({ status: 200, standardSchema: hookChannelSchema })
  @ApiErrors(400, 401, 403, 404)
  async set(
    @Param('provider') provider: string,
    @Body({ schema: setHookSecretsSchema }) { secrets }: SetHookSecretsBody,
  ): Promise<HookChannelView> {
    if (this.channels.of(provider)?.callbacks !== 'signed') throw notSigned(provider);
    await this.secrets.set(provider, secrets);
    return this.#read(provider);
  }

  @Delete(':provider/secrets')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Forget what the upstream signs with: callbacks are neither asked for nor taken.',
  })
  @ApiResponse({ status: 204 })
  @ApiErrors(401, 403, 404)
  async remove(@Param('provider') provider: string): Promise<void> {
    if (!(await this.secrets.remove(provider))) throw notSigned(provider);
  }

  #read(provider: string): HookChannelView {
    const channel = this.channels.of(provider);
    if (channel === undefined) throw notSigned(provider);
    return this.#viewOf(channel);
  }

  #viewOf(channel: HookChannel): HookChannelView {
    const { provider } = channel;
    return { ...channel, secrets: this.secrets.of(provider).length, ...this.hooks.countsOf(provider) };
  }
}

const notSigned = (provider: string): HookError =>
  HookError.of(
    'hook_not_found',
    `No provider "${provider.slice(0, 100)}" has callbacks with secrets. Those that are called back: GET /admin/hooks.`,
  );

import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { Public } from '../auth/index.js';
import { ApiErrors } from '../openapi/index.js';
import { HOOK_ROUTE } from './hook-route.js';
import { hookAnswerSchema, type HookAnswer } from './hooks.schemas.js';
import { InboundHooks } from './inbound-hooks.js';

/** Where upstreams call back. The path is the secret, so that no key is asked for. */
@ApiTags('Callbacks of upstreams')
@Public()
@Controller()
export class HooksController {
  constructor(private readonly hooks: InboundHooks) {}

  @Post(HOOK_ROUTE)
  @HttpCode(200)
  @ApiOperation({
    summary: 'Take a callback of an upstream, which has the job read. Nothing that it says is believed.',
  })
  @ApiBody({ schema: { type: 'object', description: 'Whatever the upstream sends.' } })
  @ApiResponse({ status: 200, standardSchema: hookAnswerSchema })
  @ApiErrors(401, 404, 413, 415, 429)
  async take(
    @Param('provider') provider: string,
    @Param('secret') secret: string,
    @Req() { headers, query, body }: FastifyRequest,
  ): Promise<HookAnswer> {
    const rawBody = body instanceof Uint8Array ? body : new Uint8Array();
    await this.hooks.take(
      { provider, secret },
      { headers: textsOf(headers), query: textsIn(query), rawBody },
    );
    return { received: true };
  }
}

/** What came once, each by its name. */
const textsIn = (query: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries({ ...(query as object) }).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );

/** A header that came several times is one text, as far as Node.js does not leave out the others. */
function textsOf(headers: FastifyRequest['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

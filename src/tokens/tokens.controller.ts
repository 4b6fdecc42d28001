import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { RequireScope } from '../auth/access.decorators.js';
import type { Page } from '../http/index.js';
import { ApiErrors } from '../openapi/api-errors.js';

import { listTokensSchema, type ListTokensQuery } from './listing/token-list.schemas.js';
import { TokenListing } from './listing/token-listing.js';
import { TokenStore } from './token-store.js';
import { TokenTester } from './token-tester.js';
import { TokenViews } from './token-views.js';
import {
  createTokenSchema,
  deleteTokenSchema,
  disableTokenSchema,
  tokenPageSchema,
  tokenSchema,
  tokenTestSchema,
  updateTokenSchema,
  type CreateTokenBody,
  type DeleteTokenQuery,
  type DisableTokenBody,
  type TokenTestView,
  type TokenView,
  type UpdateTokenBody,
} from './tokens.schemas.js';
import { TokensService } from './tokens.service.js';

/** The tokens of all providers. */
@ApiTags('Admin: tokens')
@RequireScope('admin')
@Controller('admin/tokens')
export class TokensController {
  constructor(
    private readonly tokens: TokensService,
    private readonly listing: TokenListing,
    private readonly store: TokenStore,
    private readonly tester: TokenTester,
    private readonly views: TokenViews,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List tokens, by default the newest first.' })
  @ApiResponse({ status: 200, standardSchema: tokenPageSchema, description: 'A page of tokens.' })
  @ApiErrors(400, 401, 403)
  list(@Query({ schema: listTokensSchema }) query: ListTokensQuery): Promise<Page<TokenView>> {
    return this.listing.page(query);
  }

  @Post()
  @ApiOperation({ summary: 'Add a token. It is used from now on; test it to be sure that it is good.' })
  @ApiResponse({ status: 201, standardSchema: tokenSchema, description: 'The token, without its secret.' })
  @ApiErrors(400, 401, 403, 409)
  async create(@Body({ schema: createTokenSchema }) body: CreateTokenBody): Promise<TokenView> {
    return this.views.of(await this.tokens.create(body));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a token.' })
  @ApiResponse({ status: 200, standardSchema: tokenSchema, description: 'The token, without its secret.' })
  @ApiErrors(401, 403, 404)
  async read(@Param('id') id: string): Promise<TokenView> {
    return this.views.of(await this.store.get(id));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a token. What is left out stays as it is.' })
  @ApiResponse({ status: 200, standardSchema: tokenSchema, description: 'The token after the change.' })
  @ApiErrors(400, 401, 403, 404, 409)
  async update(
    @Param('id') id: string,
    @Body({ schema: updateTokenSchema }) body: UpdateTokenBody,
  ): Promise<TokenView> {
    return this.views.of(await this.tokens.update(id, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a token.' })
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiErrors(400, 401, 403, 404, 409)
  async delete(
    @Param('id') id: string,
    @Query({ schema: deleteTokenSchema }) query: DeleteTokenQuery,
  ): Promise<void> {
    await this.tokens.delete(id, query);
  }

  @Post(':id/enable')
  @HttpCode(200)
  @ApiOperation({ summary: 'Turn a token on and forget its cooldown and errors.' })
  @ApiResponse({ status: 200, standardSchema: tokenSchema, description: 'The token after the change.' })
  @ApiErrors(401, 403, 404)
  async enable(@Param('id') id: string): Promise<TokenView> {
    return this.views.of(await this.tokens.enable(id));
  }

  @Post(':id/disable')
  @HttpCode(200)
  @ApiOperation({ summary: 'Turn a token off until a person turns it on. What it serves goes on.' })
  @ApiResponse({ status: 200, standardSchema: tokenSchema, description: 'The token after the change.' })
  @ApiErrors(400, 401, 403, 404)
  async disable(
    @Param('id') id: string,
    @Body({ schema: disableTokenSchema }) { reason }: DisableTokenBody,
  ): Promise<TokenView> {
    return this.views.of(await this.tokens.disable(id, reason));
  }

  @Post(':id/test')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ask the upstream whether the credential is good, at no cost.' })
  @ApiResponse({ status: 200, standardSchema: tokenTestSchema, description: 'What was found.' })
  @ApiErrors(401, 403, 404, 503)
  async test(@Param('id') id: string): Promise<TokenTestView> {
    const { valid, detail, token } = await this.tester.test(id);
    return { valid, detail, token: this.views.of(token) };
  }
}

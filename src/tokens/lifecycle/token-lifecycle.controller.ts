import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { RequireScope } from '../../auth/access.decorators.js';
import { toPage, type Page } from '../../http/index.js';
import { ApiErrors } from '../../openapi/api-errors.js';
import { TokenStore } from '../token-store.js';
import { TokenViews } from '../token-views.js';
import { tokenSchema, type TokenView } from '../tokens.schemas.js';
import { CredentialRefresher } from './credential-refresher.js';
import { TokenHistory } from './token-history.js';
import {
  historyQuerySchema,
  transitionPageSchema,
  type HistoryQuery,
  type TransitionView,
} from './token-lifecycle.schemas.js';
import type { TokenTransition } from './token-transition.entity.js';

/** How tokens came to be as they are, and their renewal. */
@ApiTags('Admin: tokens')
@RequireScope('admin')
@Controller('admin/tokens/:id')
export class TokenLifecycleController {
  constructor(
    private readonly store: TokenStore,
    private readonly history: TokenHistory,
    private readonly refresher: CredentialRefresher,
    private readonly views: TokenViews,
  ) {}

  @Post('refresh')
  @HttpCode(200)
  @ApiOperation({ summary: 'Renew the credential by its refresh secret, now.' })
  @ApiResponse({ status: 200, standardSchema: tokenSchema, description: 'The token after the renewal.' })
  @ApiErrors(401, 403, 404, 409, 502, 503)
  async refresh(@Param('id') id: string): Promise<TokenView> {
    return this.views.of(await this.refresher.refresh(id));
  }

  @Get('history')
  @ApiOperation({
    summary: 'List the changes of its state with their reasons, newest first; the last 200 are kept.',
  })
  @ApiResponse({ status: 200, standardSchema: transitionPageSchema, description: 'A page of changes.' })
  @ApiErrors(400, 401, 403, 404)
  async list(
    @Param('id') id: string,
    @Query({ schema: historyQuerySchema }) { limit, cursor }: HistoryQuery,
  ): Promise<Page<TransitionView>> {
    await this.store.get(id);
    const rows = await this.history.list(id, limit + 1, cursor === undefined ? undefined : Number(cursor.id));
    const placed = rows.map((row) => ({ row, createdAt: row.at, id: String(row.version) }));
    return toPage(placed, limit, ({ row }) => viewOf(row));
  }
}

function viewOf({ at, from, to, reason, until, by }: TokenTransition): TransitionView {
  const iso = (time: number): string => new Date(time).toISOString();
  return { at: iso(at), from, to, reason, until: until === null ? null : iso(until), by };
}

import { Readable } from 'node:stream';

import { Controller, Get, Logger, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SlowAfter } from 'penstock/metrics';
import { z } from 'zod';

import { CurrentPrincipal, RequireScope, type Principal } from '../../auth/index.js';
import { ApiErrors } from '../../openapi/api-errors.js';
import { TokenSelector } from '../selection/token-selector.js';
import { tokenSelectionSchema } from '../selection/token-selection.js';
import { TokenExport } from './token-export.js';

/** The query of `GET /admin/tokens/export`. */
const exportQuerySchema = tokenSelectionSchema.omit({ ids: true }).extend({
  secrets: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .meta({ description: 'Also the secrets. Who took them is logged as a warning.' }),
});
type ExportQuery = z.output<typeof exportQuerySchema>;

/** Tokens by the file, as `POST /admin/tokens/import` takes them. */
@ApiTags('Admin: tokens')
@RequireScope('admin')
@Controller('admin/tokens/export')
export class TokenExportController {
  readonly #logger = new Logger('audit');

  constructor(
    private readonly selector: TokenSelector,
    private readonly tokens: TokenExport,
  ) {}

  @Get()
  @SlowAfter(Infinity)
  @ApiOperation({
    summary: 'Export tokens as NDJSON: one a line, without secrets unless they are asked for.',
  })
  @ApiResponse({ status: 200, content: { 'application/x-ndjson': {} }, description: 'The tokens.' })
  @ApiErrors(400, 401, 403)
  async export(
    @Query({ schema: exportQuerySchema }) { secrets, ...select }: ExportQuery,
    @CurrentPrincipal() { keyId, label }: Principal,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Written before the first byte leaves.
    this.#logger.warn({ key: keyId, keyLabel: label, secrets, select }, 'Tokens are exported');
    await reply
      .header('content-type', 'application/x-ndjson; charset=utf-8')
      .header('content-disposition', 'attachment; filename="tokens.ndjson"')
      .header('cache-control', 'no-store')
      .send(Readable.from(this.tokens.lines(this.selector.pages(select), secrets)));
  }
}

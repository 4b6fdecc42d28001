import { Readable } from 'node:stream';

import { Controller, HttpCode, Post, Query, Req, Res, UnsupportedMediaTypeException } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BatchCreator } from 'penstock/batch';
import { CodedError } from 'penstock/kernel';
import { SlowAfter } from 'penstock/metrics';

import { CurrentPrincipal, RequireScope, type Principal } from '../../auth/index.js';
import { InvalidRequestError } from '../../http/index.js';
import { ApiErrors } from '../../openapi/index.js';
import { rowsOf, type RawRows } from '../import/raw-row.js';
import { readRows, type RowFormat } from '../import/read-rows.js';
import type { AddTokensInput } from '../operations/add-tokens.operation.js';
import { BatchViews } from './batch-views.js';
import { batchSchema, importQuerySchema, type BatchView, type ImportQuery } from './batches.schemas.js';

const FORMATS: Readonly<Record<string, RowFormat>> = {
  'application/x-ndjson': 'ndjson',
  'text/csv': 'csv',
  'text/plain': 'text',
};

/** Tokens by the file. */
@ApiTags('Admin: batches')
@RequireScope('admin')
@Controller('admin/tokens/import')
export class TokenImportController {
  constructor(
    private readonly creator: BatchCreator,
    private readonly views: BatchViews,
  ) {}

  @Post()
  @HttpCode(202)
  @SlowAfter(Infinity)
  @ApiOperation({
    summary: 'Add the tokens of a file: a batch of token.add. JSON, NDJSON, CSV, or a token a line.',
  })
  @ApiConsumes('application/json', ...Object.keys(FORMATS))
  @ApiBody({ schema: { type: 'string' } })
  @ApiResponse({ status: 202, standardSchema: batchSchema, description: 'Accepted; follow it at Location.' })
  @ApiErrors(400, 401, 403, 413, 415, 503)
  async create(
    @Query({ schema: importQuerySchema }) { dryRun, ...options }: ImportQuery,
    @CurrentPrincipal() { keyId }: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchView> {
    const input: AddTokensInput = { ...options, rows: rowsIn(request) };
    const wanted = { operation: 'token.add', input, wish: { dryRun }, createdBy: keyId };
    const batch = await this.creator.create(wanted);
    void reply.header('location', `/admin/batches/${batch.id}`);
    return this.views.of(batch);
  }
}

function rowsIn({ body, headers }: FastifyRequest): RawRows {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const format = FORMATS[type];
  if (format !== undefined && body instanceof Readable)
    return readRows(Readable.from(bounded(body), { objectMode: false }), format);
  if (type !== 'application/json') throw new UnsupportedMediaTypeException(TYPES);
  if (!Array.isArray(body)) {
    const message = 'The request: expected a list of tokens.';
    throw InvalidRequestError.of([{ code: 'invalid_value', path: '', message }]);
  }
  return rowsOf(body);
}

/** Also of a body that does not tell its length. */
async function* bounded(stream: Readable): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new CodedError('body_too_large', 'too_large', TOO_LARGE);
    yield chunk;
  }
}

const MOST_BYTES = 29 * 1024 * 1024;
const TOO_LARGE = `The body is larger than ${MOST_BYTES} bytes. Import it in parts.`;
const TYPES = `This content-type is not understood here. Send application/json, ${Object.keys(FORMATS).join(', ')}.`;

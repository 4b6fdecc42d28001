import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { EdgeStates, type EdgeSnapshot } from 'penstock/upstream';

import { RequireScope } from '../auth/index.js';
import { ApiErrors } from '../openapi/index.js';
import { EdgeAdminError } from './edge.errors.js';
import {
  edgeSchema,
  edgesSchema,
  putClearanceSchema,
  type EdgeBody,
  type PutClearance,
} from './edges.schemas.js';

const ORIGIN = {
  name: 'origin',
  description: 'Percent-encoded.',
  example: 'https%3A%2F%2Fapi.example.com',
};

/** The edges in front of upstreams. */
@ApiTags('Admin: upstream')
@RequireScope('admin')
@Controller('admin/edge')
export class EdgesController {
  constructor(private readonly edges: EdgeStates) {}

  @Get()
  @ApiOperation({ summary: 'List edges that challenged, or that have a clearance.' })
  @ApiResponse({ status: 200, standardSchema: edgesSchema })
  @ApiErrors(401, 403)
  list(): { readonly data: readonly EdgeBody[] } {
    return { data: this.edges.list().map(bodyOf) };
  }

  @Get(':origin')
  @ApiOperation({ summary: 'Show an edge.' })
  @ApiParam(ORIGIN)
  @ApiResponse({ status: 200, standardSchema: edgeSchema })
  @ApiErrors(400, 401, 403, 404)
  find(@Param('origin') given: string): EdgeBody {
    const origin = originOf(given);
    const snapshot = this.edges.find(origin);
    if (snapshot === undefined) throw EdgeAdminError.notFound(origin);
    return bodyOf(snapshot);
  }

  @Put(':origin')
  @ApiOperation({
    summary: 'Give a clearance: headers and cookies that the edge lets pass. It lies in memory only.',
  })
  @ApiParam(ORIGIN)
  @ApiResponse({ status: 200, standardSchema: edgeSchema })
  @ApiErrors(400, 401, 403, 413, 415)
  async supply(
    @Param('origin') given: string,
    @Body({ schema: putClearanceSchema }) { headers = {}, cookies = {}, ttlMs }: PutClearance,
  ): Promise<EdgeBody> {
    const clearance = { source: 'operator', headers, cookies, ...(ttlMs === undefined ? {} : { ttlMs }) };
    return bodyOf(await this.edges.supply(originOf(given), clearance));
  }

  @Delete(':origin')
  @HttpCode(204)
  @ApiOperation({ summary: 'Forget the clearance and the challenge: calls go out again.' })
  @ApiParam(ORIGIN)
  @ApiResponse({ status: 204 })
  @ApiErrors(400, 401, 403, 404)
  async forget(@Param('origin') given: string): Promise<void> {
    const origin = originOf(given);
    if (!(await this.edges.forget(origin))) throw EdgeAdminError.notFound(origin);
  }
}

/** @throws EdgeAdminError `invalid_origin` */
function originOf(given: string): string {
  if (!URL.canParse(given)) throw EdgeAdminError.invalidOrigin(given);
  const { protocol, origin, username, password, pathname, search, hash } = new URL(given);
  const isHttp = protocol === 'http:' || protocol === 'https:';
  const isBare = pathname === '/' && username + password + search + hash === '';
  if (isHttp && isBare) return origin;
  throw EdgeAdminError.invalidOrigin(username + password === '' ? given : 'a URL with credentials');
}

function bodyOf({ since, nextProbeAt, clearance, ...rest }: EdgeSnapshot): EdgeBody {
  return {
    ...rest,
    since: new Date(since).toISOString(),
    nextProbeAt: nextProbeAt === null ? null : new Date(nextProbeAt).toISOString(),
    clearance: clearance && {
      source: clearance.source,
      names: [...clearance.names],
      expiresAt: new Date(clearance.expiresAt).toISOString(),
    },
  };
}

import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { EdgeStates, shownProxy, type EdgeSnapshot, type EdgeWay } from 'penstock/upstream';

import { RequireScope } from '../auth/index.js';
import { ApiErrors } from '../openapi/index.js';
import { EdgeAdminError } from './edge.errors.js';
import {
  edgeSchema,
  edgesSchema,
  edgeWaySchema,
  putClearanceSchema,
  type EdgeBody,
  type EdgeWayQuery,
  type PutClearance,
} from './edges.schemas.js';

const ORIGIN = {
  name: 'origin',
  description: 'Percent-encoded.',
  example: 'https%3A%2F%2Fapi.example.com',
};

/** Names the way without a proxy. */
const DIRECT = 'direct';

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
  find(@Param('origin') given: string, @Query({ schema: edgeWaySchema }) { proxy }: EdgeWayQuery): EdgeBody {
    const origin = originOf(given);
    const [found] = this.edges.list().filter((edge) => edge.origin === origin && isMeant(edge.proxy, proxy));
    if (found === undefined) throw EdgeAdminError.notFound(origin);
    return bodyOf(found);
  }

  @Put(':origin')
  @ApiOperation({
    summary: 'Give a clearance: headers and cookies that the edge lets pass. It lies in memory only.',
  })
  @ApiParam(ORIGIN)
  @ApiResponse({ status: 200, standardSchema: edgeSchema })
  @ApiErrors(400, 401, 403, 404, 413, 415)
  async supply(
    @Param('origin') given: string,
    @Query({ schema: edgeWaySchema }) query: EdgeWayQuery,
    @Body({ schema: putClearanceSchema }) { headers = {}, cookies = {}, ttlMs }: PutClearance,
  ): Promise<EdgeBody> {
    const clearance = { source: 'operator', headers, cookies, ...(ttlMs === undefined ? {} : { ttlMs }) };
    const [first, ...others] = this.#waysTo(originOf(given), query);
    for (const way of others) await this.edges.supply(way, clearance);
    return bodyOf(await this.edges.supply(first, clearance));
  }

  @Delete(':origin')
  @HttpCode(204)
  @ApiOperation({ summary: 'Forget the clearance and the challenge: calls go out again.' })
  @ApiParam(ORIGIN)
  @ApiResponse({ status: 204 })
  @ApiErrors(400, 401, 403, 404)
  async forget(
    @Param('origin') given: string,
    @Query({ schema: edgeWaySchema }) query: EdgeWayQuery,
  ): Promise<void> {
    const origin = originOf(given);
    let forgotten = false;
    for (const way of this.#waysTo(origin, query)) {
      if (await this.edges.forget(way)) forgotten = true;
    }
    if (!forgotten) throw EdgeAdminError.notFound(origin);
  }

  /** @throws EdgeAdminError `edge_not_found` when no call has taken that proxy */
  #waysTo(origin: string, { proxy }: EdgeWayQuery): readonly [EdgeWay, ...EdgeWay[]] {
    const meant = ({ proxyUrl }: EdgeWay): boolean => isMeant(shownProxy(proxyUrl), proxy);
    const [first, ...others] = this.edges.waysTo(origin).filter(meant);
    if (first !== undefined) return [first, ...others];
    if (proxy === undefined || proxy === DIRECT) return [{ origin, proxyUrl: null }];
    throw EdgeAdminError.notFound(`${origin} through ${JSON.stringify(proxy)}`);
  }
}

const isMeant = (shown: string | null, asked: string | undefined): boolean =>
  asked === undefined || (shown ?? DIRECT) === asked;

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

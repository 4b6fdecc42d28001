import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ProxyStates, shownProxy } from 'penstock/upstream';

import { RequireScope } from '../auth/index.js';
import { ApiErrors } from '../openapi/index.js';
import {
  addedProxiesSchema,
  addProxiesSchema,
  proxiesSchema,
  testedProxiesSchema,
  testProxiesSchema,
  type AddedProxiesBody,
  type AddProxies,
  type ProxyBody,
  type TestedProxiesBody,
  type TestProxies,
} from './proxies.schemas.js';
import { ProxyTester } from './proxy-tester.js';
import { StoredProxies, type PooledProxy } from './stored-proxies.js';

const MOST_TESTED = 100;

/** The proxies on the way to upstreams. */
@ApiTags('Admin: upstream')
@RequireScope('admin')
@Controller('admin/proxies')
export class ProxiesController {
  constructor(
    private readonly pool: StoredProxies,
    private readonly states: ProxyStates,
    private readonly tester: ProxyTester,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List the proxies of the pool, and those that calls took.' })
  @ApiResponse({ status: 200, standardSchema: proxiesSchema })
  @ApiErrors(401, 403)
  list(): { readonly data: readonly ProxyBody[] } {
    const pooled = this.pool.list();
    const urls = new Set(this.pool.urls());
    const others = this.states.urls().filter((url) => !urls.has(url));
    return { data: [...pooled, ...others.map((url) => ({ url }))].map((proxy) => this.#bodyOf(proxy)) };
  }

  @Post()
  @ApiOperation({
    summary: 'Add proxies to the pool. Their credentials are stored encrypted and never shown again.',
  })
  @ApiResponse({ status: 201, standardSchema: addedProxiesSchema })
  @ApiErrors(400, 401, 403, 413, 415)
  async add(@Body({ schema: addProxiesSchema }) { proxies }: AddProxies): Promise<AddedProxiesBody> {
    const added = await this.pool.add(proxies);
    return { data: added.map((proxy) => this.#bodyOf(proxy)), duplicates: proxies.length - added.length };
  }

  @Post('test')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ask for a URL through proxies, each on a connection of its own.' })
  @ApiResponse({ status: 200, standardSchema: testedProxiesSchema })
  @ApiErrors(400, 401, 403, 413, 415)
  async test(@Body({ schema: testProxiesSchema }) { proxies, url }: TestProxies): Promise<TestedProxiesBody> {
    const urls = proxies ?? this.pool.urls().slice(0, MOST_TESTED);
    return { data: [...(await this.tester.test(urls, new URL(url)))] };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a proxy from the pool. No new call takes it.' })
  @ApiResponse({ status: 204 })
  @ApiErrors(401, 403, 404)
  async remove(@Param('id') id: string): Promise<void> {
    await this.pool.remove(id);
  }

  #bodyOf({ id = null, url, createdAt = null }: ListedProxy): ProxyBody {
    const { condition, reason, failures, nextProbeAt } = this.states.find(url) ?? UNTRIED;
    return {
      id,
      proxy: shownProxy(url),
      condition,
      reason,
      failures,
      nextProbeAt: toIso(nextProbeAt),
      createdAt: toIso(createdAt),
    };
  }
}

type ListedProxy = Pick<PooledProxy, 'url'> & {
  readonly [Field in 'id' | 'createdAt']?: PooledProxy[Field] | null;
};

const UNTRIED = { condition: 'clear', reason: null, failures: 0, nextProbeAt: null } as const;

const toIso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

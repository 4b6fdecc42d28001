import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AdmissionQueue, Balancer } from 'penstock/balancer';
import { ProviderRegistry } from 'penstock/plugin-host';

import { CurrentPrincipal, RequireScope, type Principal } from '../../auth/index.js';
import { ApiErrors } from '../../openapi/index.js';
import { GenerationQueries } from '../generation-queries.js';
import { ModelCatalog } from '../model-catalog.js';
import { statsSchema, type StatsView } from './stats.schemas.js';

/** What a client may know: nothing of tokens, and nothing of the generations of others but how many wait. */
@ApiTags('Generations')
@RequireScope('read')
@Controller('v1/stats')
export class StatsController {
  constructor(
    private readonly queries: GenerationQueries,
    private readonly queue: AdmissionQueue,
    private readonly balancer: Balancer,
    private readonly catalog: ModelCatalog,
    private readonly providers: ProviderRegistry,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Count your generations, and see how long the queue is and which models are served.',
  })
  @ApiResponse({ status: 200, standardSchema: statsSchema })
  @ApiErrors(401, 403)
  async read(@CurrentPrincipal() { keyId, priority }: Principal): Promise<StatsView> {
    const { waiting, priorities } = this.queue.stats();
    const { estimatedWaitMs } = priorities[priority.default];
    return {
      generations: { ...(await this.queries.countOf(keyId)) },
      queue: { waiting, estimatedWaitMs, priorities: { ...priorities } },
      models: this.catalog.all().map(({ id, kind }) => ({ id, kind, available: this.#isServed(id, kind) })),
    };
  }

  #isServed(model: string, kind: string): boolean {
    const providers = this.providers.providersOf(model, kind).map(({ manifest }) => manifest.name);
    const anybody = { holder: 'statistics', tokenId: null, excluded: new Set<string>() };
    return this.balancer.isServable({ ...anybody, model, kind, providers });
  }
}

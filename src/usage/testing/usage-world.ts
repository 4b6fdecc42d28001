import { EventEmitter2 } from '@nestjs/event-emitter';
import { DatabasePool, type PooledDataSource } from 'penstock/database';
import { ManualClock } from 'penstock/kernel/testing';
import type { ModelDescription } from 'penstock/plugin-api';
import type { ProviderRegistry } from 'penstock/plugin-host';

import { ApiKey } from '../../auth/api-key.entity.js';
import { authMigrations } from '../../auth/migrations/index.js';
import { ChangeRecorders } from '../../generations/change-recorders.js';
import { GenerationEvents } from '../../generations/generation-events.js';
import { GenerationStore } from '../../generations/generation-store.js';
import { Generation } from '../../generations/generation.entity.js';
import { GenerationFactory, type NewGeneration } from '../../generations/generation.factory.js';
import { generationMigrations } from '../../generations/migrations/index.js';
import { ModelCatalog } from '../../generations/model-catalog.js';
import { RetiredJob } from '../../generations/retired-job.entity.js';
import { aRequest } from '../../generations/testing/a-request.js';
import { UsageLedger } from '../ledger/usage-ledger.js';
import { UsageQueries, type UsageSum } from '../ledger/usage-queries.js';
import type { Dimension, UsageFilter } from '../ledger/usage-query.js';
import { UsageRow, type Outcome } from '../ledger/usage-row.entity.js';
import { usageMigrations } from '../migrations/index.js';

/** What a database needs for the ledger. */
export const USAGE_SCHEMA = {
  entities: [ApiKey, Generation, RetiredJob, UsageRow],
  migrations: [...authMigrations, ...generationMigrations, ...usageMigrations],
};

/** Some day, at noon. */
export const NOON = Date.parse('2026-03-01T12:00:00Z');
export const EVER: UsageFilter = { from: '0000-01-01', to: '9999-12-31' };

const parameters = { seconds: { description: 'length', default: '4' } };
const model = (id: string, more: Partial<ModelDescription> = {}) => ({
  provider: 'acme',
  model: {
    id,
    kind: 'video',
    ownedBy: 'acme',
    createdAt: 1,
    parameters,
    acceptsInputReference: false,
    ...more,
  },
});
const OFFERS = [model('sora-2'), model('picture', { kind: 'image', parameters: {} })];

/** The model catalogue of these tests. */
export const usageCatalog = new ModelCatalog({ models: () => OFFERS } as Pick<
  ProviderRegistry,
  'models'
> as ProviderRegistry);

/** The ledger of one process on a database, and the generations that it counts. */
export class UsageWorld {
  readonly clock = new ManualClock(NOON);
  readonly events = new GenerationEvents(new EventEmitter2({ maxListeners: 0 }));
  readonly recorders = new ChangeRecorders();
  readonly factory = new GenerationFactory(this.clock);
  readonly pool;
  readonly store;
  readonly ledger;
  readonly queries;

  constructor(readonly source: PooledDataSource) {
    this.pool = new DatabasePool(source);
    this.store = new GenerationStore(this.pool, this.events, this.recorders, this.clock);
    this.ledger = new UsageLedger(this.recorders, usageCatalog);
    this.queries = new UsageQueries(this.pool);
  }

  /** Asks for a generation. */
  async asked(ownerId = 'key_1', changes: Partial<NewGeneration> = {}): Promise<Generation> {
    const generation = this.factory.create(aRequest(changes), ownerId);
    await this.store.insert(generation);
    return generation;
  }

  /** Has a generation accepted on a token. */
  async accepted(id: string, tokenId = 'tok_1'): Promise<void> {
    const patch = { status: 'submitting' as const, tokenId, attempts: 1 };
    await this.store.change(id, patch, { from: ['queued'] });
    await this.store.claim(id, { upstreamId: id, startedAt: this.clock.now(), found: false });
  }

  /** Ends a generation. @returns whether it had not ended before */
  async ended(id: string, status: Outcome): Promise<boolean> {
    const patch = { status, completedAt: this.clock.now() };
    return (await this.store.change(id, patch, { from: ['queued', 'submitting', 'in_progress'] })) !== null;
  }

  sums(groupBy: readonly Dimension[] = [], filter: Partial<UsageFilter> = {}): Promise<readonly UsageSum[]> {
    return this.queries.sums({ filter: { ...EVER, ...filter }, groupBy, limit: 1_000, offset: 0 });
  }
}

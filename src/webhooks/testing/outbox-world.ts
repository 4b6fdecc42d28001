import { DatabasePool, PooledSqliteDataSource } from 'penstock/database';
import { SystemClock, type Clock } from 'penstock/kernel';
import { SeededRandom } from 'penstock/kernel/testing';
import { AppMetrics } from 'penstock/metrics';
import { Registry } from 'prom-client';

import { ApiKey } from '../../auth/api-key.entity.js';
import { CONFIGURED_KEY_ID } from '../../auth/index.js';
import { authMigrations } from '../../auth/migrations/index.js';
import { EventEmitter2 } from '@nestjs/event-emitter';

import { ChangeRecorders } from '../../generations/change-recorders.js';
import { GenerationEvents } from '../../generations/generation-events.js';
import { GenerationStore } from '../../generations/generation-store.js';
import { Generation } from '../../generations/generation.entity.js';
import { GenerationFactory, type NewGeneration } from '../../generations/generation.factory.js';
import { generationMigrations } from '../../generations/migrations/index.js';
import { RetiredJob } from '../../generations/retired-job.entity.js';
import { aRequest } from '../../generations/testing/a-request.js';
import { Persistence } from '../../runtime/persistence.js';
import { SecretBox } from '../../secrets/index.js';
import { DeliveryStore } from '../delivery/delivery-store.js';
import { WebhookAttempt } from '../delivery/webhook-attempt.entity.js';
import { WebhookAttempts } from '../delivery/webhook-attempts.js';
import { WebhookDelivery } from '../delivery/webhook-delivery.entity.js';
import { WebhookDispatcher } from '../delivery/webhook-dispatcher.js';
import { WebhookMetrics } from '../delivery/webhook-metrics.js';
import { WebhookSender } from '../delivery/webhook-sender.js';
import { WebhookEndpoint } from '../endpoints/webhook-endpoint.entity.js';
import { WebhookEndpoints } from '../endpoints/webhook-endpoints.js';
import { webhookMigrations } from '../migrations/index.js';
import { WebhookOutbox } from '../webhook-outbox.js';
import { webhookSettings, type WebhookSettings } from '../webhooks.settings.js';

/** The key whose generations are told of. */
export const KEY = CONFIGURED_KEY_ID;

const QUICK: Partial<WebhookSettings> = {
  allowHttp: true,
  allowPrivateAddresses: true,
  timeoutMs: 300,
  firstPauseMs: 10,
  longestPauseMs: 40,
  retryForMs: 5_000,
};

/** The webhooks of one process on a database, and the generations that they tell of. */
export class OutboxProcess {
  readonly pool;
  readonly store;
  readonly deliveries;
  readonly endpoints;
  readonly sender;
  readonly dispatcher;
  readonly outbox;
  readonly factory;
  readonly metrics = new Registry();

  constructor(
    readonly source: PooledSqliteDataSource,
    readonly settings: WebhookSettings,
    readonly clock: Clock,
  ) {
    const pool = (this.pool = new DatabasePool(source));
    const from = { get: () => settings };
    const recorders = new ChangeRecorders();
    this.store = new GenerationStore(pool, new GenerationEvents(new EventEmitter2()), recorders, clock);
    this.deliveries = new DeliveryStore(pool);
    const box = new SecretBox([{ id: 'test', key: Buffer.alloc(32, 7) }]);
    this.endpoints = new WebhookEndpoints(pool, box, from, clock);
    this.sender = new WebhookSender(from, clock);
    const metrics = new WebhookMetrics(new AppMetrics(this.metrics), this.deliveries, clock);
    const attempts = new WebhookAttempts(
      ...([this.deliveries, this.endpoints, this.sender, new Persistence(clock)] as const),
      ...([metrics, from, clock, new SeededRandom(1)] as const),
    );
    this.dispatcher = new WebhookDispatcher(this.deliveries, attempts, clock);
    this.outbox = new WebhookOutbox(recorders, this.endpoints, this.dispatcher, from, clock);
    this.factory = new GenerationFactory(clock);
  }

  async start(): Promise<this> {
    await this.endpoints.onModuleInit();
    await this.store.restore();
    await this.dispatcher.onApplicationBootstrap();
    return this;
  }

  async stop(): Promise<void> {
    await this.dispatcher.beforeApplicationShutdown();
    await this.sender.onApplicationShutdown();
  }

  /** Makes a generation. */
  async generation(changes: Partial<NewGeneration> = {}): Promise<Generation> {
    const generation = this.factory.create(aRequest(changes), KEY);
    await this.store.insert(generation);
    return generation;
  }

  /** Leads a generation through its whole life. */
  async live(changes: Partial<NewGeneration> = {}): Promise<Generation> {
    const generation = await this.generation(changes);
    await this.store.change(generation.id, { status: 'submitting' }, { from: ['queued'] });
    await this.store.claim(generation.id, { upstreamId: generation.id, startedAt: 1, found: false });
    await this.store.change(generation.id, { status: 'completed', progress: 100 }, { from: ['in_progress'] });
    return generation;
  }

  rows(): Promise<WebhookDelivery[]> {
    return this.source.getRepository(WebhookDelivery).find({ order: { createdAt: 'ASC', revision: 'ASC' } });
  }
}

/** What outlives a process. */
export class OutboxWorld {
  /** May be changed at any time. */
  readonly settings: { -readonly [Name in keyof WebhookSettings]: WebhookSettings[Name] };
  #processes: OutboxProcess[] = [];

  private constructor(
    readonly source: PooledSqliteDataSource,
    changes: Partial<WebhookSettings>,
  ) {
    this.settings = { ...webhookSettings.defaults, ...QUICK, ...changes };
  }

  static async create(changes: Partial<WebhookSettings> = {}): Promise<OutboxWorld> {
    const source = new PooledSqliteDataSource({
      path: ':memory:',
      entities: [ApiKey, Generation, RetiredJob, WebhookAttempt, WebhookDelivery, WebhookEndpoint],
      migrations: [...authMigrations, ...generationMigrations, ...webhookMigrations],
    });
    return new OutboxWorld(await source.initialize(), changes);
  }

  async start(clock: Clock = new SystemClock()): Promise<OutboxProcess> {
    const process = await new OutboxProcess(this.source, this.settings, clock).start();
    this.#processes.push(process);
    return process;
  }

  async end(): Promise<void> {
    for (const process of this.#processes) await process.stop();
    await this.source.destroy();
  }
}

import { EventEmitter2 } from '@nestjs/event-emitter';
import { AdmissionQueue, InMemoryLeaseStore, PowerOfTwoChoices } from 'penstock/balancer';
import { aBalancer } from 'penstock/balancer/testing';
import { WriteBehindBuffers } from 'penstock/database';
import { registryOf } from 'penstock/plugin-host/testing';
import { MemoryPollQueue, PollScheduler, resolvePollSettings, StagesStrategy } from 'penstock/polling';
import { TokenCache } from 'penstock/token-cache';
import { resolveUpstreamOptions, SessionPool, UpstreamClient, UrlGuard } from 'penstock/upstream';

import { loadConfig } from '../../config/index.js';
import { BoundedCalls, ProviderContextFactory, ProxyRoutes } from '../../providers/index.js';
import { CredentialRefresher, TokenHealth } from '../../tokens/index.js';
import { DatabaseTokenSource } from '../../tokens/database-token-source.js';
import { TokenHistory } from '../../tokens/lifecycle/token-history.js';
import { PooledTokens } from '../../tokens/pooled-tokens.js';
import { TokenQuotas } from '../../tokens/lifecycle/token-quotas.js';
import { TokenCalls } from '../../tokens/token-calls.js';
import { TokenCounters } from '../../tokens/token-counters.js';
import { TokenIncidents } from '../../tokens/token-incidents.js';
import { TokenStore } from '../../tokens/token-store.js';
import { Token } from '../../tokens/token.entity.js';
import { Acceptance } from '../engine/acceptance.js';
import { Cancellation } from '../engine/cancellation.js';
import { Dispatcher } from '../engine/dispatcher.js';
import { GenerationLeases } from '../engine/generation-leases.js';
import { GivenAcceptance } from '../engine/given-acceptance.js';
import { GenerationPollTarget } from '../engine/generation-poll-target.js';
import { JobCallbacks } from '../engine/job-callbacks.js';
import { JobObserver } from '../engine/job-observer.js';
import { Persistence } from '../../runtime/persistence.js';
import { ListedPolls } from '../engine/listed-polls.js';
import { PollCredentials } from '../engine/poll-credentials.js';
import { PollDeadlines } from '../engine/poll-deadlines.js';
import { PollFailures } from '../engine/poll-failures.js';
import { ProviderCalls } from '../engine/provider-calls.js';
import { QueueTimeout } from '../engine/queue-timeout.js';
import { Reconciler } from '../engine/reconciliation.js';
import { Recovery } from '../engine/recovery.js';
import { RemixSources } from '../engine/remix-sources.js';
import { Settlement } from '../engine/settlement.js';
import { Submission } from '../engine/submission.js';
import { TokenReports } from '../engine/token-reports.js';
import { UpstreamCancellation } from '../engine/upstream-cancellation.js';
import { WaitingRoom } from '../engine/waiting-room.js';
import { AssetShelves } from '../asset-shelves.js';
import { ChangeRecorders } from '../change-recorders.js';
import { GenerationAssets } from '../generation-assets.js';
import { GenerationCreation } from '../generation-creation.js';
import { GenerationEvents } from '../generation-events.js';
import { GenerationQueries } from '../generation-queries.js';
import { GenerationRemixes } from '../generation-remixes.js';
import { GenerationRequests } from '../generation-requests.js';
import { GenerationStore } from '../generation-store.js';
import { GivenContent } from '../given-content.js';
import { GenerationFactory } from '../generation.factory.js';
import { GenerationsService } from '../generations.service.js';
import { resolveGenerationSettings } from '../generations.options.js';
import { InputFiles } from '../input-files.js';
import { ModelCatalog } from '../model-catalog.js';
import { WatermarkDefault } from '../watermark-default.js';
import { providerOf, SETTINGS, UNTOUCHED, type EngineOptions } from './engine-options.js';
import { MortalClock } from './mortal-clock.js';
import { MortalPool } from './mortal-pool.js';
import type { TestWorld } from './test-world.js';

/** The real parts of the engine, put together on the database and the upstream of a world. */
export class EngineParts {
  readonly clock;
  readonly pool;
  readonly emitter = new EventEmitter2({ maxListeners: 0 });
  readonly incidents = new TokenIncidents();
  readonly events = new GenerationEvents(this.emitter);
  readonly recorders = new ChangeRecorders();
  readonly shelves = new AssetShelves();
  readonly given;
  readonly store;
  readonly files;
  readonly cache;
  readonly tokens;
  readonly leaseStore;
  readonly balancer;
  readonly queue;
  readonly registry;
  readonly bounded;
  readonly calls;
  readonly scheduler: PollScheduler;
  readonly persistence;
  readonly leases;
  readonly buffers;
  readonly counters;
  readonly settlement;
  readonly observer;
  readonly cancellation;
  readonly callbacks;
  readonly acceptance;
  readonly submission;
  readonly reconciler;
  readonly room;
  readonly dispatcher;
  readonly queueTimeout;
  readonly recovery;
  readonly target: GenerationPollTarget;
  readonly creation;
  readonly generations;
  readonly requests;
  readonly remixes;
  readonly queries;
  readonly assets;
  readonly factory;

  constructor(
    readonly world: TestWorld,
    options: EngineOptions = {},
  ) {
    const { random, secrets, source } = world;
    const clock = (this.clock = new MortalClock(world.clock));
    this.leaseStore = new InMemoryLeaseStore(clock);
    const pool = (this.pool = new MortalPool(source));
    const settings = resolveGenerationSettings({ ...SETTINGS, ...options.settings });
    this.store = new GenerationStore(pool, this.events, this.recorders, clock);
    this.files = new InputFiles(loadConfig({ PENSTOCK_DATA_DIR: world.dataDir }));
    const pooled = new PooledTokens(secrets);
    const rows = source.getRepository(Token);
    this.cache = new TokenCache(new DatabaseTokenSource(rows, pooled), {}, clock);
    this.tokens = new TokenStore(rows, pool, this.cache, pooled, new TokenHistory(pool), clock);
    const strategy = new PowerOfTwoChoices(random);
    this.balancer = aBalancer({ cache: this.cache, store: this.leaseStore, strategy, clock });
    const { maxWaiting } = options;
    this.queue = new AdmissionQueue(this.balancer, maxWaiting === undefined ? {} : { maxWaiting }, clock);
    this.registry = registryOf(providerOf(world, options));
    const client = new UpstreamClient(new SessionPool(clock, resolveUpstreamOptions()), clock);
    const contexts = new ProviderContextFactory(this.registry, client, clock, new ProxyRoutes(UNTOUCHED));
    this.bounded = new BoundedCalls(clock);
    this.calls = new ProviderCalls(this.cache, secrets, this.registry, contexts, this.bounded);
    const stages = new StagesStrategy();
    this.scheduler = new PollScheduler({
      clock,
      random,
      target: () => this.target,
      strategy: () => stages,
      queue: new MemoryPollQueue(),
      settings: resolvePollSettings({}),
      deadlines: settings.deadlineMs,
    });
    this.buffers = new WriteBehindBuffers(pool, clock);
    this.counters = new TokenCounters(this.buffers, clock);
    const calls = new TokenCalls(secrets, this.registry, contexts, this.bounded);
    const quotas = new TokenQuotas(this.tokens, this.cache, calls, clock);
    const health = new TokenHealth(this.tokens, this.counters, quotas, clock, this.incidents);
    const reports = new TokenReports(health);
    this.persistence = new Persistence(clock);
    this.leases = new GenerationLeases(this.balancer);
    this.settlement = new Settlement(this.store, this.persistence, this.leases, this.files, health, clock);
    this.observer = new JobObserver(this.store, this.settlement, this.calls, this.events, clock);
    const upstream = new UpstreamCancellation(this.calls);
    this.cancellation = new Cancellation(upstream, this.scheduler, this.observer);
    this.callbacks = new JobCallbacks(this.scheduler, clock);
    this.given = new GivenContent(clock);
    this.given.use(world.shelf.of(clock));
    this.acceptance = new Acceptance(
      this.store,
      this.persistence,
      this.observer,
      this.cancellation,
      this.scheduler,
      new PollDeadlines(settings, clock),
      this.calls,
      this.callbacks,
      new GivenAcceptance(this.store, this.given, this.settlement, clock),
      clock,
    );
    const sources = new RemixSources(this.store);
    this.submission = new Submission(
      this.store,
      this.persistence,
      this.leases,
      this.calls,
      this.files,
      this.acceptance,
      this.settlement,
      sources,
      reports,
      settings,
      this.callbacks,
      clock,
    );
    this.reconciler = new Reconciler(
      this.store,
      this.calls,
      this.files,
      this.acceptance,
      this.observer,
      sources,
      settings,
      clock,
    );
    this.room = new WaitingRoom(this.queue, this.registry, this.cache);
    this.dispatcher = new Dispatcher(
      this.room,
      this.store,
      this.submission,
      this.reconciler,
      this.acceptance,
      this.cancellation,
      this.settlement,
      settings,
      clock,
      random,
    );
    this.queueTimeout = new QueueTimeout(this.room, this.store, this.settlement, settings, clock);
    this.recovery = new Recovery(this.store, this.leases, this.dispatcher, this.files);
    const refresher = new CredentialRefresher(this.tokens, secrets, calls, this.persistence, this.incidents);
    const credentials = new PollCredentials(this.cache, this.tokens, refresher, clock);
    const failures = new PollFailures(reports, credentials);
    const lists = new ListedPolls(this.store, this.calls, this.observer, failures, credentials);
    this.target = new GenerationPollTarget(
      ...([this.store, this.calls, this.observer, failures, lists, credentials, upstream] as const),
    );
    this.factory = new GenerationFactory(clock);
    this.creation = new GenerationCreation(this.factory, this.store, this.room, this.dispatcher, this.files);
    this.generations = new GenerationsService(
      this.store,
      this.events,
      this.room,
      this.settlement,
      this.cancellation,
      clock,
    );
    this.requests = new GenerationRequests(
      new ModelCatalog(this.registry),
      this.files,
      new WatermarkDefault(UNTOUCHED),
      new UrlGuard(),
    );
    this.remixes = new GenerationRemixes(this.registry);
    this.queries = new GenerationQueries(pool, this.store);
    this.assets = new GenerationAssets(this.calls, this.shelves, clock);
  }
}

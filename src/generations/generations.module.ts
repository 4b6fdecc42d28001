import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PluginHostModule } from 'penstock/plugin-host';
import { PollTarget } from 'penstock/polling';
import { SettingsModule } from 'penstock/settings';

import { ProvidersModule } from '../providers/index.js';
import { InFlightCounter, TokensModule, TokenUsage } from '../tokens/index.js';
import { EventsController } from './api/events.controller.js';
import { GenerationMediaController } from './api/generation-media.controller.js';
import { GenerationStream } from './api/generation-stream.js';
import { GenerationViews } from './api/generation-views.js';
import { GenerationsController } from './api/generations.controller.js';
import { KeyStream } from './api/key-stream.js';
import { PollHints } from './api/poll-hints.js';
import { StatsController } from './api/stats.controller.js';
import { Acceptance } from './engine/acceptance.js';
import { Cancellation } from './engine/cancellation.js';
import { Dispatcher } from './engine/dispatcher.js';
import { GenerationLeases } from './engine/generation-leases.js';
import { GivenAcceptance } from './engine/given-acceptance.js';
import { GenerationPollTarget } from './engine/generation-poll-target.js';
import { JobCallbacks } from './engine/job-callbacks.js';
import { JobObserver } from './engine/job-observer.js';
import { ListedPolls } from './engine/listed-polls.js';
import { PollCredentials } from './engine/poll-credentials.js';
import { PollDeadlines } from './engine/poll-deadlines.js';
import { PollFailures } from './engine/poll-failures.js';
import { ProviderCalls } from './engine/provider-calls.js';
import { Reconciler } from './engine/reconciliation.js';
import { QueueTimeout } from './engine/queue-timeout.js';
import { Recovery } from './engine/recovery.js';
import { RemixSources } from './engine/remix-sources.js';
import { Settlement } from './engine/settlement.js';
import { Submission } from './engine/submission.js';
import { TokenReports } from './engine/token-reports.js';
import { UpstreamCancellation } from './engine/upstream-cancellation.js';
import { WaitingRoom } from './engine/waiting-room.js';
import { AssetShelves } from './asset-shelves.js';
import { ChangeRecorders } from './change-recorders.js';
import { ChangesSince } from './changes-since.js';
import { GenerationAssets } from './generation-assets.js';
import { GenerationCreation } from './generation-creation.js';
import { GenerationEvents } from './generation-events.js';
import { GenerationQueries } from './generation-queries.js';
import { GenerationRemixes } from './generation-remixes.js';
import { GenerationRequests } from './generation-requests.js';
import { GenerationStore } from './generation-store.js';
import { GivenContent } from './given-content.js';
import { Generation } from './generation.entity.js';
import { generationSettings } from './generation.settings.js';
import { GenerationFactory } from './generation.factory.js';
import { GenerationsService } from './generations.service.js';
import {
  GenerationSettings,
  resolveGenerationSettings,
  type GenerationOptions,
} from './generations.options.js';
import { InputFiles } from './input-files.js';
import { LiveGenerationSettings } from './live-generation-settings.js';
import { ModelCatalog } from './model-catalog.js';
import { LeasedGenerations, TokenDependents } from './token-ports.js';
import { WatermarkDefault } from './watermark-default.js';
import { RetiredJob } from './retired-job.entity.js';
import { watermarkSettings } from './watermark.settings.js';

const ENGINE = [
  Acceptance,
  Cancellation,
  Dispatcher,
  GenerationLeases,
  GivenAcceptance,
  JobCallbacks,
  JobObserver,
  ListedPolls,
  PollCredentials,
  PollDeadlines,
  PollFailures,
  ProviderCalls,
  Reconciler,
  QueueTimeout,
  Recovery,
  RemixSources,
  Settlement,
  Submission,
  TokenReports,
  UpstreamCancellation,
  WaitingRoom,
  { provide: PollTarget, useClass: GenerationPollTarget },
];

const TOKEN_PORTS = [
  { provide: InFlightCounter, useClass: LeasedGenerations },
  { provide: TokenUsage, useClass: TokenDependents },
];

const USE_CASES = [
  GenerationAssets,
  GenerationCreation,
  GenerationQueries,
  GenerationRemixes,
  GenerationRequests,
  GenerationsService,
  InputFiles,
  ModelCatalog,
];

/**
 * Generations: their life, and the native API. Needs `DatabasePool`, `Balancer`, `PollScheduler`, `TokenCache`,
 * `PenstockConfig`, `UrlGuard`, `Settings`, `Clock` and `Random` from global modules. It is global itself: imported once, by `forRoot`.
 */
@Module({
  imports: [
    TypeOrmModule.forFeature([Generation, RetiredJob]),
    PluginHostModule,
    ProvidersModule,
    TokensModule,
  ],
  controllers: [GenerationsController, GenerationMediaController, StatsController, EventsController],
  providers: [
    ...ENGINE,
    ...USE_CASES,
    ...TOKEN_PORTS,
    AssetShelves,
    ChangeRecorders,
    ChangesSince,
    KeyStream,
    GenerationEvents,
    GenerationFactory,
    GenerationStore,
    GenerationStream,
    GenerationViews,
    GivenContent,
    WatermarkDefault,
    { provide: GenerationSettings, useClass: LiveGenerationSettings },
    PollHints,
  ],
  exports: [
    ...USE_CASES,
    ...TOKEN_PORTS,
    AssetShelves,
    ChangeRecorders,
    GenerationEvents,
    JobCallbacks,
    GenerationStore,
    GenerationStream,
    GenerationViews,
    GivenContent,
    PollHints,
    WaitingRoom,
  ],
})
export class GenerationsModule {
  /**
   * @param options - the defaults of the settings
   * @throws RangeError naming the option that is out of its bounds
   */
  static forRoot(options?: GenerationOptions): DynamicModule {
    const ours = generationSettings.withDefaults(resolveGenerationSettings(options));
    return {
      module: GenerationsModule,
      global: true,
      imports: [SettingsModule.forFeature([ours, watermarkSettings])],
    };
  }
}

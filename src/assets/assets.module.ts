import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PluginHostModule, SinkRegistry } from 'penstock/plugin-host';

import { AssetCopy } from './asset-copy.entity.js';
import { AssetJanitor } from './asset-janitor.js';
import { AssetMetrics } from './asset-metrics.js';
import { assetSection } from './assets.settings.js';
import { CopyRecorder } from './copy-recorder.js';
import { CopyStore } from './copy-store.js';
import { Copier } from './copying/copier.js';
import { CopyWorker } from './copying/copy-worker.js';
import { GivenFiles } from './given-files.js';
import { KeptContents } from './kept-contents.js';
import { KeptAssets } from './serving/kept-assets.js';
import { SinkTidier } from './sink-tidier.js';
import { WritesUnderWay } from './writes-under-way.js';

/**
 * Keeps the files of completed generations in a sink, and hands them over from there. `AssetShelves`, `ChangeRecorders`,
 * `GivenContent`, `GenerationAssets`, `GenerationStore`, `DatabasePool`, `Settings`, `AppMetrics`, `Persistence` and `Clock` come from global
 * modules.
 */
@Module({
  imports: [TypeOrmModule.forFeature([AssetCopy]), PluginHostModule],
  providers: [
    { provide: Symbol('settings of assets'), inject: [SinkRegistry], useFactory: assetSection },
    AssetJanitor,
    AssetMetrics,
    Copier,
    CopyRecorder,
    CopyStore,
    CopyWorker,
    GivenFiles,
    KeptAssets,
    KeptContents,
    SinkTidier,
    WritesUnderWay,
  ],
})
export class AssetsModule {}

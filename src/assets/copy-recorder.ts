import { Inject, Injectable } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { Settings } from 'penstock/settings';
import type { EntityManager } from 'typeorm';

import { ChangeRecorders, type ChangeRecorder } from '../generations/change-recorders.js';
import type { GenerationStatus } from '../generations/generation-status.js';
import type { Generation } from '../generations/generation.entity.js';
import type { AssetCopy } from './asset-copy.entity.js';
import { assetSettings, type ReadsAssetSettings } from './assets.settings.js';
import { CopyStore } from './copy-store.js';
import { CopyWorker } from './copying/copy-worker.js';

/** Asks for copies of a generation's files in the transaction that completes it, and gives them up in that which deletes it. */
@Injectable()
export class CopyRecorder implements ChangeRecorder {
  constructor(
    recorders: ChangeRecorders,
    private readonly store: CopyStore,
    private readonly worker: CopyWorker,
    @Inject(Settings) private readonly settings: ReadsAssetSettings,
    private readonly clock: Clock,
  ) {
    recorders.add(this);
  }

  admit(): void {
    // Every generation may have copies.
  }

  concerns(_generation: Generation, status: GenerationStatus): boolean {
    return status === 'completed' && this.settings.get(assetSettings).keep;
  }

  record(manager: EntityManager, { id, assets }: Generation): Promise<void> {
    const at = this.clock.now();
    const copies = assets.map(({ contentType, bytes }, position): AssetCopy => ({
      generationId: id,
      position,
      status: 'pending',
      contentType,
      bytes,
      sink: null,
      contentKey: null,
      sha256: null,
      storedAt: null,
      lastError: null,
      attempts: 0,
      pauseMs: 0,
      nextAttemptAt: at,
      createdAt: at,
    }));
    return this.store.add(manager, copies);
  }

  recorded(): void {
    this.worker.wake();
  }

  removed(manager: EntityManager, ids: readonly string[]): Promise<void> {
    return this.store.abandon(manager, ids);
  }
}

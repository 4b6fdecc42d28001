import { Inject, Injectable } from '@nestjs/common';
import { Settings } from 'penstock/settings';

import { generationSettings } from './generation.settings.js';
import { GenerationSettings } from './generations.options.js';

/** What holds at the moment of each read. */
@Injectable()
export class LiveGenerationSettings implements GenerationSettings {
  constructor(@Inject(Settings) private readonly settings: Pick<Settings, 'get'>) {}

  get queueTimeoutMs(): number {
    return this.#now.queueTimeoutMs;
  }

  get submitTimeoutMs(): number {
    return this.#now.submitTimeoutMs;
  }

  get maxFailedSubmissions(): number {
    return this.#now.maxFailedSubmissions;
  }

  get backoffMs(): number {
    return this.#now.backoffMs;
  }

  get reconciliationPausesMs(): readonly number[] {
    return this.#now.reconciliationPausesMs;
  }

  get resumeSpreadMs(): number {
    return this.#now.resumeSpreadMs;
  }

  get deadlineMs(): GenerationSettings['deadlineMs'] {
    return this.#now.deadlineMs;
  }

  get #now(): GenerationSettings {
    return this.settings.get(generationSettings);
  }
}

import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';

import { ApiKeysService } from './api-keys.service.js';

/** Makes and prints an admin key at a start at which nobody could administer Penstock otherwise. */
@Injectable()
export class FirstAdmin implements OnApplicationBootstrap {
  readonly #logger = new Logger(FirstAdmin.name);

  constructor(private readonly keys: ApiKeysService) {}

  async onApplicationBootstrap(): Promise<void> {
    const created = await this.keys.createFirstAdmin();
    if (created === null) return;
    this.#logger.warn(`There was no admin key, so one was made. It is shown only now: ${created.key}`);
  }
}

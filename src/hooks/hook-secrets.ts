import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import { z } from 'zod';

import { SecretBox } from '../secrets/index.js';
import { HookSecretRow } from './hook-secret.entity.js';

const stored = z.array(z.string().min(1)).min(1);

/** What the upstreams of each provider sign their callbacks with: sealed in rows, opened in memory. */
@Injectable()
export class HookSecrets implements OnModuleInit {
  readonly #logger = new Logger('hooks');
  readonly #byProvider = new Map<string, readonly string[]>();

  constructor(
    private readonly pool: DatabasePool,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    for (const row of await this.pool.read((manager) => manager.find(HookSecretRow))) this.#open(row);
  }

  /** Any of them may have signed: one for each account. None: nothing that is signed can be verified. */
  of(provider: string): readonly string[] {
    return this.#byProvider.get(provider) ?? [];
  }

  /** @param secrets - at least one; they replace those before */
  async set(provider: string, secrets: readonly string[]): Promise<void> {
    const row = {
      provider,
      sealedSecrets: this.box.seal(JSON.stringify(secrets), recordOf(provider)),
      updatedAt: this.clock.now(),
    };
    await this.pool.transaction((manager) => manager.upsert(HookSecretRow, row, ['provider']));
    this.#byProvider.set(provider, [...secrets]);
  }

  /** @returns whether there were any */
  async remove(provider: string): Promise<boolean> {
    const { affected } = await this.pool.transaction((manager) =>
      manager.delete(HookSecretRow, { provider }),
    );
    this.#byProvider.delete(provider);
    return (affected ?? 0) > 0;
  }

  #open({ provider, sealedSecrets }: HookSecretRow): void {
    try {
      const opened: unknown = JSON.parse(this.box.open(sealedSecrets, recordOf(provider)));
      this.#byProvider.set(provider, stored.parse(opened));
    } catch (error) {
      this.#logger.error(
        { provider, err: error },
        'The secrets of callbacks do not open: none is taken until they are set again',
      );
    }
  }
}

const recordOf = (provider: string): string => `${provider}/hook-secrets`;

import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

import { PluginError } from './plugin.errors.js';
import { type ProviderEntry, ProviderRegistry } from './provider.registry.js';

/** Calls `init` and `destroy` of the providers: one after the other, and in reverse. */
@Injectable()
export class PluginLifecycleRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('PluginHost');
  readonly #running: ProviderEntry[] = [];
  #stopped = false;

  constructor(private readonly registry: ProviderRegistry) {}

  /**
   * Ends early, with nothing left running, when the application shuts down in between.
   *
   * @throws PluginError `plugin_init_failed`; the providers before that one have been destroyed again
   */
  async onApplicationBootstrap(): Promise<void> {
    for (const entry of this.registry.all()) {
      if (this.#stopped) break;
      try {
        await entry.provider.init?.();
        this.#running.push(entry);
      } catch (cause) {
        await this.onApplicationShutdown();
        throw failedToInit(entry, cause);
      }
    }
    if (this.#stopped) await this.onApplicationShutdown();
  }

  /** Destroys what was initialized. One that fails is logged, and the others still have their turn. */
  async onApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    for (let entry = this.#running.pop(); entry !== undefined; entry = this.#running.pop()) {
      try {
        await entry.provider.destroy?.();
      } catch (error) {
        this.#logger.error(`Provider "${entry.manifest.name}" could not be destroyed: ${messageOf(error)}`);
      }
    }
  }
}

function failedToInit({ manifest, provider, module }: ProviderEntry, cause: unknown): PluginError {
  const who = `Provider "${manifest.name}" (${provider.constructor.name}, module ${module})`;
  return PluginError.of('plugin_init_failed', `${who} could not be initialized: ${messageOf(cause)}`, cause);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

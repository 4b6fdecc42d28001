import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ProviderRegistry, type ProviderEntry } from 'penstock/plugin-host';
import { Settings } from 'penstock/settings';

import { JobCallbacks } from '../generations/engine/job-callbacks.js';
import { webhookSettings, type ReadsWebhookSettings } from '../webhooks/webhooks.settings.js';
import { HookPaths } from './hook-paths.js';
import { HookSecrets } from './hook-secrets.js';

/** Whether the upstreams of a provider are asked to call back, or what is missing for that. */
export type HookState = 'active' | 'no_public_url' | 'no_secrets';

/** How the upstreams of one provider call back. */
export interface HookChannel {
  readonly provider: string;
  readonly callbacks: 'signed' | 'unsigned';
  readonly state: HookState;
  /** Where they call; `null` while the gateway does not know where it is reached. It grants access. */
  readonly url: string | null;
}

/** Which upstreams call back, and where. */
@Injectable()
export class HookChannels implements OnModuleInit {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly paths: HookPaths,
    private readonly secrets: HookSecrets,
    private readonly jobs: JobCallbacks,
    @Inject(Settings) private readonly settings: ReadsWebhookSettings,
  ) {}

  onModuleInit(): void {
    this.jobs.serve((provider) => {
      const channel = this.of(provider);
      return channel?.state === 'active' ? channel.url : null;
    });
  }

  /** Those of every provider that can be called back. */
  all(): readonly HookChannel[] {
    return this.registry.all().flatMap((entry) => (canBeCalled(entry) ? [this.#channelOf(entry)] : []));
  }

  /** That of one provider; `undefined` for one that cannot be called back, or that nobody knows. */
  of(provider: string): HookChannel | undefined {
    const entry = this.entry(provider);
    return entry === undefined ? undefined : this.#channelOf(entry);
  }

  /** The provider, if it is there and can be called back. */
  entry(provider: string): ProviderEntry | undefined {
    return this.registry.all().find((entry) => entry.manifest.name === provider && canBeCalled(entry));
  }

  #channelOf({ manifest: { name: provider, callbacks = 'signed' } }: ProviderEntry): HookChannel {
    const { publicUrl } = this.settings.get(webhookSettings);
    const isProvable = callbacks === 'unsigned' || this.secrets.of(provider).length > 0;
    return {
      provider,
      callbacks,
      state: publicUrl === null ? 'no_public_url' : isProvable ? 'active' : 'no_secrets',
      url: publicUrl === null ? null : publicUrl + this.paths.of(provider),
    };
  }
}

const canBeCalled = ({ capabilities }: ProviderEntry): boolean => capabilities.has('parseWebhook');

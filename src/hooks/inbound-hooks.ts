import { Injectable, Logger } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import type { WebhookEvent, WebhookRequest } from 'penstock/plugin-api';
import type { ProviderEntry } from 'penstock/plugin-host';

import { JobCallbacks } from '../generations/engine/job-callbacks.js';
import { HookChannels } from './hook-channels.js';
import { HookPaths } from './hook-paths.js';
import { HookRate } from './hook-rate.js';
import { HookSecrets } from './hook-secrets.js';
import { HookError } from './hooks.errors.js';

/** Callbacks since the start. */
export interface HookCounts {
  readonly taken: number;
  readonly refused: number;
}

const NONE: HookCounts = { taken: 0, refused: 0 };

/** Takes callbacks of upstreams. A genuine one has its generation polled; what became of the job, only the poll tells. */
@Injectable()
export class InboundHooks {
  readonly #logger = new Logger('hooks');
  readonly #counts = new Map<string, HookCounts>();

  constructor(
    private readonly channels: HookChannels,
    private readonly paths: HookPaths,
    private readonly secrets: HookSecrets,
    private readonly rate: HookRate,
    private readonly jobs: JobCallbacks,
    private readonly clock: Clock,
  ) {}

  /** Callbacks of a provider since the start, not counting those at a wrong path. */
  countsOf(provider: string): HookCounts {
    return this.#counts.get(provider) ?? NONE;
  }

  /**
   * Takes one callback. Whether its job is known does not show.
   *
   * @throws HookError `hook_not_found` for a path that is not ours; `hook_rate_limited`; `hook_not_genuine`
   */
  async take(
    { provider, secret }: { readonly provider: string; readonly secret: string },
    request: Pick<WebhookRequest, 'headers' | 'rawBody' | 'query'>,
  ): Promise<void> {
    const isKnown = this.paths.knows(provider, secret);
    const entry = this.channels.entry(provider);
    if (!isKnown || entry === undefined) throw HookError.of('hook_not_found', 'There is no such callback.');
    const retryAfterMs = this.rate.take(provider);
    if (retryAfterMs > 0) {
      const message = `Too many callbacks of "${provider}" come at once. Send it again.`;
      throw HookError.of('hook_rate_limited', message, { retryAfterMs });
    }
    const event = await this.#verified(entry, { ...request, receivedAt: this.clock.now() });
    this.#count(provider, event === null ? 'refused' : 'taken');
    if (event === null) {
      throw HookError.of('hook_not_genuine', 'The callback is not signed as it should be, or names no job.');
    }
    if (event.ended ?? true) this.jobs.received(provider, event.jobId);
  }

  /** Accounts have secrets of their own: any of them may have signed. */
  async #verified(
    { manifest, provider }: ProviderEntry,
    request: WebhookRequest,
  ): Promise<WebhookEvent | null> {
    const secrets = manifest.callbacks === 'unsigned' ? [''] : this.secrets.of(manifest.name);
    try {
      for (const secret of secrets) {
        const event = (await provider.parseWebhook?.(request, secret)) ?? null;
        if (event !== null) return event;
      }
    } catch (error) {
      this.#logger.warn({ provider: manifest.name, err: error }, 'A callback could not be read');
    }
    return null;
  }

  #count(provider: string, what: keyof HookCounts): void {
    const counts = this.countsOf(provider);
    this.#counts.set(provider, { ...counts, [what]: counts[what] + 1 });
  }
}

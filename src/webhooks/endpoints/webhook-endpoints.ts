import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import { Settings } from 'penstock/settings';
import type { EntityManager } from 'typeorm';

import { ApiKey } from '../../auth/api-key.entity.js';
import { CONFIGURED_KEY_ID } from '../../auth/index.js';
import { SecretBox } from '../../secrets/index.js';
import { WebhookError } from '../webhooks.errors.js';
import { webhookSettings, type ReadsWebhookSettings } from '../webhooks.settings.js';
import { newWebhookSecret } from './signature.js';
import { problemOf } from './url-rules.js';
import { WebhookEndpoint } from './webhook-endpoint.entity.js';

/** An endpoint, and its secret when that is new: it cannot be had again. */
export interface ChangedEndpoint {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string | null;
}

/** Where the events of each API key go. Held in memory too, so that a generation without webhooks costs nothing. */
@Injectable()
export class WebhookEndpoints implements OnModuleInit {
  readonly #byKey = new Map<string, WebhookEndpoint>();

  constructor(
    private readonly pool: DatabasePool,
    private readonly box: SecretBox,
    @Inject(Settings) private readonly settings: ReadsWebhookSettings,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    for (const endpoint of await this.pool.read((manager) => manager.find(WebhookEndpoint)))
      this.#byKey.set(endpoint.keyId, endpoint);
  }

  /** The endpoint of a key, without any wait. */
  of(keyId: string): WebhookEndpoint | undefined {
    return this.#byKey.get(keyId);
  }

  /** @throws WebhookError `webhook_not_configured` */
  get(keyId: string): WebhookEndpoint {
    const endpoint = this.#byKey.get(keyId);
    if (endpoint === undefined) throw WebhookError.notConfigured(keyId);
    return endpoint;
  }

  /** Where the events of a key go that name no URL themselves; `null` when nowhere. */
  urlOf(keyId: string): string | null {
    const endpoint = this.#byKey.get(keyId);
    return endpoint?.disabledAt === null ? endpoint.url : null;
  }

  /** @throws WebhookError `webhook_url_refused` for a URL that webhooks may not go to */
  check(url: string, field: string): void {
    const problem = problemOf(url, this.settings.get(webhookSettings));
    if (problem === null) return;
    const got = JSON.stringify(url.slice(0, 200));
    throw WebhookError.of('webhook_url_refused', `${field}: got ${got}; ${problem}`, { field });
  }

  /**
   * Sets where the events of a key go, and turns it on again. The first call makes the secret.
   *
   * @param url - `null` when only requests name one
   * @throws WebhookError `webhook_url_refused`, `webhook_key_not_found`
   */
  async set(keyId: string, url: string | null): Promise<ChangedEndpoint> {
    if (url !== null) this.check(url, 'url');
    const secret = newWebhookSecret();
    const changed = await this.pool.transaction(async (manager) => {
      const before = await manager.findOneBy(WebhookEndpoint, { keyId });
      if (before === null) {
        await refuseUnknown(manager, keyId);
        const endpoint = this.#draft(keyId, url, secret);
        await manager.insert(WebhookEndpoint, endpoint);
        return { endpoint, secret };
      }
      const patch = { url, disabledAt: null };
      await manager.update(WebhookEndpoint, { keyId }, patch);
      return { endpoint: Object.assign(before, patch), secret: null };
    });
    this.#byKey.set(keyId, changed.endpoint);
    return changed;
  }

  /**
   * Makes a new secret. Until `overlapMs` have passed, messages are signed with the old one too.
   *
   * @throws WebhookError `webhook_not_configured`
   */
  async rotate(keyId: string, overlapMs: number): Promise<ChangedEndpoint> {
    const secret = newWebhookSecret();
    const endpoint = await this.pool.transaction(async (manager) => {
      const before = await manager.findOneBy(WebhookEndpoint, { keyId });
      if (before === null) throw WebhookError.notConfigured(keyId);
      const patch = {
        sealedSecret: this.box.seal(secret, recordOf(keyId)),
        sealedPreviousSecret: overlapMs > 0 ? before.sealedSecret : null,
        previousUntil: overlapMs > 0 ? this.clock.now() + overlapMs : null,
      };
      await manager.update(WebhookEndpoint, { keyId }, patch);
      return Object.assign(before, patch);
    });
    this.#byKey.set(keyId, endpoint);
    return { endpoint, secret };
  }

  /** Sends nothing to the URL of a key any more, if it is still that one. Part of the transaction of whoever found out. */
  async disable(manager: EntityManager, keyId: string, url: string): Promise<void> {
    await manager.update(WebhookEndpoint, { keyId, url }, { disabledAt: this.clock.now() });
  }

  /** Reads an endpoint anew after a change by {@link WebhookEndpoints.disable} is committed. */
  async refresh(keyId: string): Promise<void> {
    const endpoint = await this.pool.read((manager) => manager.findOneBy(WebhookEndpoint, { keyId }));
    if (endpoint !== null && this.#byKey.has(keyId)) this.#byKey.set(keyId, endpoint);
  }

  /** @throws WebhookError `webhook_not_configured` */
  async remove(keyId: string): Promise<void> {
    const { affected } = await this.pool.transaction((manager) => manager.delete(WebhookEndpoint, { keyId }));
    if ((affected ?? 0) === 0) throw WebhookError.notConfigured(keyId);
    this.#byKey.delete(keyId);
  }

  /**
   * The secrets that sign now, the lasting one first.
   *
   * @throws SecretError when one does not open
   */
  secretsOf({
    keyId,
    sealedSecret,
    sealedPreviousSecret,
    previousUntil,
  }: WebhookEndpoint): readonly string[] {
    const isOverlap = previousUntil !== null && this.clock.now() < previousUntil;
    const sealed = isOverlap ? [sealedSecret, sealedPreviousSecret] : [sealedSecret];
    return sealed.flatMap((one) => (one === null ? [] : [this.box.open(one, recordOf(keyId))]));
  }

  #draft(keyId: string, url: string | null, secret: string): WebhookEndpoint {
    return {
      keyId,
      url,
      sealedSecret: this.box.seal(secret, recordOf(keyId)),
      sealedPreviousSecret: null,
      previousUntil: null,
      disabledAt: null,
      createdAt: this.clock.now(),
    };
  }
}

const recordOf = (keyId: string): string => `${keyId}/webhook-secret`;

async function refuseUnknown(manager: EntityManager, keyId: string): Promise<void> {
  if (keyId === CONFIGURED_KEY_ID || (await manager.existsBy(ApiKey, { id: keyId }))) return;
  throw WebhookError.of('webhook_key_not_found', `There is no API key "${keyId.slice(0, 100)}".`);
}

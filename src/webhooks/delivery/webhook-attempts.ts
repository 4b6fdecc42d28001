import { Inject, Injectable } from '@nestjs/common';
import { Clock, Random } from 'penstock/kernel';
import { Settings } from 'penstock/settings';

import { Persistence } from '../../runtime/persistence.js';
import { signatureHeaders } from '../endpoints/signature.js';
import { WebhookEndpoints } from '../endpoints/webhook-endpoints.js';
import type { WebhookEndpoint } from '../endpoints/webhook-endpoint.entity.js';
import { webhookSettings, type ReadsWebhookSettings } from '../webhooks.settings.js';
import { DeliveryStore, type AlongWrite, type DeliveryHead, type DeliveryPatch } from './delivery-store.js';
import { HostSlots } from './host-slots.js';
import { pauseAfter } from './retry-schedule.js';
import type { WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookMetrics, type AttemptOutcome } from './webhook-metrics.js';
import { WebhookSender, type SendResult } from './webhook-sender.js';

const GONE = 410;
/** What says that it has too much to do. */
const OVERLOADED: ReadonlySet<number | null> = new Set([null, 429, 502, 503, 504]);

/** Where a delivery goes. */
interface Target {
  readonly url: string;
  readonly endpoint: WebhookEndpoint;
}

/** Makes single attempts, as many at once as the settings allow, and keeps what came of each. */
@Injectable()
export class WebhookAttempts {
  readonly #slots: HostSlots;

  constructor(
    private readonly store: DeliveryStore,
    private readonly endpoints: WebhookEndpoints,
    private readonly sender: WebhookSender,
    private readonly persistence: Persistence,
    private readonly metrics: WebhookMetrics,
    @Inject(Settings) private readonly settings: ReadsWebhookSettings,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    this.#slots = new HostSlots(() => settings.get(webhookSettings));
  }

  /**
   * Sends a delivery that is due, unless it is not pending any more. When this resolves its row says what comes next.
   *
   * @param shutdown - when aborted, nothing new is sent
   * @param cut - when aborted, what is under way ends and counts for nothing
   */
  async make(head: DeliveryHead, shutdown: AbortSignal, cut: AbortSignal): Promise<void> {
    const endpoint = this.endpoints.of(head.keyId);
    const url = head.url ?? this.endpoints.urlOf(head.keyId);
    if (endpoint === undefined || url === null) {
      await this.#give(head, undeliverable(endpoint));
      return;
    }
    await this.#slots.run(hostOf(url), async () => {
      const delivery = shutdown.aborted ? null : await this.store.find(head.id);
      if (delivery?.status !== 'pending') return true;
      return this.#attempt(delivery, { url, endpoint }, cut);
    });
  }

  async #attempt(delivery: WebhookDelivery, { url, endpoint }: Target, cut: AbortSignal): Promise<boolean> {
    const at = this.clock.now();
    const result = await this.#send(delivery, { url, endpoint }, cut);
    if (cut.aborted && result.error !== null) return false;
    const number = delivery.attempts + 1;
    const { httpStatus, error, answer, durationMs } = result;
    const attempt = { deliveryId: delivery.id, number, at, durationMs, url, httpStatus, error, answer };
    const isGone = httpStatus === GONE;
    const more = isGone && delivery.url === null ? this.#disabling(endpoint.keyId, url) : undefined;
    const patch = this.#patchOf(delivery, result);
    await this.persistence.untilStored(() => this.store.settle(delivery, patch, { attempt, more }));
    this.metrics.attempted(outcomeOf(patch));
    if (isGone) await this.endpoints.refresh(endpoint.keyId);
    return !OVERLOADED.has(httpStatus);
  }

  #disabling(keyId: string, url: string): AlongWrite {
    return (manager) => this.endpoints.disable(manager, keyId, url);
  }

  async #send({ id, body }: WebhookDelivery, target: Target, cut: AbortSignal): Promise<SendResult> {
    const timestamp = Math.floor(this.clock.now() / 1_000);
    let secrets: readonly string[];
    try {
      secrets = this.endpoints.secretsOf(target.endpoint);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { httpStatus: null, error: reason, answer: null, retryAfterMs: null, durationMs: 0 };
    }
    const headers = signatureHeaders({ id, timestamp, body }, secrets);
    return this.sender.send({ url: target.url, headers, body }, cut);
  }

  #patchOf(delivery: WebhookDelivery, { error, httpStatus, retryAfterMs }: SendResult): DeliveryPatch {
    const attempts = delivery.attempts + 1;
    const now = this.clock.now();
    if (error === null) return { attempts, status: 'delivered', lastError: null, endedAt: now };
    const failures = delivery.failures + 1;
    const { waitedMs } = delivery;
    const limits = this.settings.get(webhookSettings);
    const pauseMs =
      httpStatus === GONE ? null : pauseAfter({ failures, waitedMs, retryAfterMs }, limits, this.random);
    const common = { attempts, failures, lastError: error };
    if (pauseMs === null) return { ...common, status: 'dead', endedAt: now };
    return { ...common, pauseMs, waitedMs: waitedMs + pauseMs, nextAttemptAt: now + pauseMs };
  }

  /** Gives up without an attempt. */
  async #give(head: DeliveryHead, lastError: string): Promise<void> {
    const patch = { status: 'dead' as const, lastError, endedAt: this.clock.now() };
    await this.persistence.untilStored(() => this.store.settle(head, patch));
    this.metrics.attempted('dead');
  }
}

const outcomeOf = ({ status }: DeliveryPatch): AttemptOutcome =>
  status === 'delivered' || status === 'dead' ? status : 'failed';

function undeliverable(endpoint: WebhookEndpoint | undefined): string {
  if (endpoint === undefined) return 'The API key has no webhook any more, and so no secret to sign with.';
  return endpoint.url === null
    ? 'The API key has no webhook URL any more.'
    : 'The webhook is off, because its receiver said that it is gone (410). Set its URL again to turn it on.';
}

/** Unreadable URLs are refused by the sender. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);

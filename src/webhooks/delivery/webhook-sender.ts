import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { Settings } from 'penstock/settings';
import { GuardedClient, UpstreamError, UrlGuard, type UpstreamResponse } from 'penstock/upstream';

import { problemOf } from '../endpoints/url-rules.js';
import { webhookSettings, type ReadsWebhookSettings } from '../webhooks.settings.js';
import { beginningOf } from './beginning-of.js';
import { parseRetryAfter } from './retry-after.js';

/** What became of one request to a receiver. */
export interface SendResult {
  /** The status of the answer; `null` when there was none. */
  readonly httpStatus: number | null;
  /** Why it failed; `null` when it was received. */
  readonly error: string | null;
  /** The beginning of the answer's body, at most 1 KiB. */
  readonly answer: string | null;
  readonly retryAfterMs: number | null;
  readonly durationMs: number;
}

/** A request to a receiver. */
export interface OutgoingWebhook {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const KEEP_ALIVE_MS = 10_000;

/** Posts webhooks, each URL guarded. Redirects are not followed; answers are bounded in time and size. */
@Injectable()
export class WebhookSender implements OnApplicationShutdown {
  readonly #client: GuardedClient;

  constructor(
    @Inject(Settings) private readonly settings: ReadsWebhookSettings,
    private readonly clock: Clock,
  ) {
    const guard = new UrlGuard(() => {
      const { allowHttp, allowPrivateAddresses: allowPrivate } = settings.get(webhookSettings);
      return { allowHttp, allowPrivate };
    });
    this.#client = new GuardedClient(guard, clock, { keepAliveMs: KEEP_ALIVE_MS });
  }

  /**
   * Sends once; never rejects. The status of a 2xx answer makes it received, whatever its body does.
   *
   * @param cut - ends it at once
   */
  async send({ url, headers, body }: OutgoingWebhook, cut?: AbortSignal): Promise<SendResult> {
    const startedAt = this.clock.monotonic();
    const took = (): number => Math.round(this.clock.monotonic() - startedAt);
    const nothing = { httpStatus: null, answer: null, retryAfterMs: null };
    const { timeoutMs, ...rules } = this.settings.get(webhookSettings);
    const problem = problemOf(url, rules);
    if (problem !== null) return { ...nothing, error: `The URL is refused: ${problem}`, durationMs: took() };
    try {
      const answer = await this.#client.request({
        url,
        method: 'POST',
        body,
        timeoutMs,
        headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'Penstock' },
        // Only the beginning is read.
        maxBytes: Infinity,
        ...(cut === undefined ? {} : { signal: cut }),
      });
      return { ...(await this.#read(answer)), durationMs: took() };
    } catch (error) {
      return { ...nothing, error: reasonOf(error, timeoutMs), durationMs: took() };
    }
  }

  async #read({ status, headers, body }: UpstreamResponse): Promise<Omit<SendResult, 'durationMs'>> {
    return {
      httpStatus: status,
      error: problemOfStatus(status, headers['location']),
      answer: await beginningOf(body),
      retryAfterMs: parseRetryAfter(headers['retry-after'], this.clock.now()),
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#client.close();
  }
}

function problemOfStatus(status: number, location: string | undefined): string | null {
  if (status >= 200 && status < 300) return null;
  if (status < 300 || status >= 400) return `The receiver answered with ${String(status)}.`;
  const target = location === undefined ? '' : ` to ${location.slice(0, 200)}`;
  return `The receiver answered with a redirect (${String(status)})${target}, which is not followed. Set the URL that is meant.`;
}

/** Its time is one for all that it does, so it does not matter what it waited for. */
const TOO_LATE: ReadonlySet<string> = new Set(['no_connection', 'headers_timeout']);

function reasonOf(error: unknown, timeoutMs: number): string {
  const message = error instanceof Error ? error.message : String(error);
  const isLate = error instanceof UpstreamError && TOO_LATE.has(error.code);
  const reason = isLate
    ? `no answer within ${String(timeoutMs)} ms`
    : message.slice(0, 500).replace(/\.$/, '');
  return `The receiver could not be reached: ${reason}.`;
}

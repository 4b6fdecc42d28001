import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { Settings } from 'penstock/settings';
import { Agent, request, type Dispatcher } from 'undici';

import { guardedLookup, problemOf } from '../endpoints/url-rules.js';
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

/** Posts webhooks. Redirects are not followed; answers are bounded in time and size. */
@Injectable()
export class WebhookSender implements OnApplicationShutdown {
  readonly #agent: Agent;

  constructor(
    @Inject(Settings) private readonly settings: ReadsWebhookSettings,
    private readonly clock: Clock,
  ) {
    this.#agent = new Agent({
      connect: { lookup: guardedLookup(() => settings.get(webhookSettings)), timeout: 10_000 },
      keepAliveTimeout: 10_000,
      maxHeaderSize: 16_384,
    });
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
    const over = new AbortController();
    const end = (reason: string): void => {
      over.abort(new Error(reason));
    };
    const timer = this.clock.setTimer(() => {
      end(`no answer within ${String(timeoutMs)} ms`);
    }, timeoutMs);
    const onCut = (): void => {
      end('the gateway ends');
    };
    cut?.addEventListener('abort', onCut);
    try {
      const answer = await request(url, {
        ...{ method: 'POST', body, dispatcher: this.#agent, signal: over.signal },
        headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'Penstock' },
        ...{ headersTimeout: 0, bodyTimeout: 0 },
      });
      return { ...(await this.#read(answer)), durationMs: took() };
    } catch (error) {
      return { ...nothing, error: reasonOf(error), durationMs: took() };
    } finally {
      timer.cancel();
      cut?.removeEventListener('abort', onCut);
    }
  }

  async #read({
    statusCode,
    headers,
    body,
  }: Dispatcher.ResponseData): Promise<Omit<SendResult, 'durationMs'>> {
    const header = (name: string): string | undefined => [headers[name]].flat()[0];
    return {
      httpStatus: statusCode,
      error: problemOfStatus(statusCode, header('location')),
      answer: await beginningOf(body),
      retryAfterMs: parseRetryAfter(header('retry-after'), this.clock.now()),
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#agent.destroy();
  }
}

function problemOfStatus(status: number, location: string | undefined): string | null {
  if (status >= 200 && status < 300) return null;
  if (status < 300 || status >= 400) return `The receiver answered with ${String(status)}.`;
  const target = location === undefined ? '' : ` to ${location.slice(0, 200)}`;
  return `The receiver answered with a redirect (${String(status)})${target}, which is not followed. Set the URL that is meant.`;
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `The receiver could not be reached: ${message.slice(0, 500)}.`;
}

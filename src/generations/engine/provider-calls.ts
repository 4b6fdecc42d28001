import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { ProviderError, type Provider, type ProviderContext } from 'penstock/plugin-api';
import { ProviderRegistry } from 'penstock/plugin-host';
import { TokenCache, type PooledToken } from 'penstock/token-cache';

import { ProviderContextFactory } from '../../providers/index.js';
import { TokenSecrets } from '../../tokens/index.js';
import { GenerationError } from '../generation.errors.js';

/** A call that was aborted may take this long to end by itself and say what became of it. */
const ABORT_GRACE_MS = 1_000;

/** Where and how a provider is called. */
export interface ProviderCall {
  readonly tokenId: string;
  /** Named in logs, such as `submit`. */
  readonly operation: string;
  /** After this many milliseconds the call's signal aborts. No limit when left out. */
  readonly timeoutMs?: number;
  /** Aborts the call too. */
  readonly signal?: AbortSignal;
}

/** Calls a provider's method with the context of one token. */
@Injectable()
export class ProviderCalls implements OnApplicationShutdown {
  readonly #shutdown = new AbortController();

  constructor(
    private readonly tokens: TokenCache,
    private readonly secrets: TokenSecrets,
    private readonly providers: ProviderRegistry,
    private readonly contexts: ProviderContextFactory,
    private readonly clock: Clock,
  ) {}

  /** @throws GenerationError `token_gone` when the token was deleted */
  token(tokenId: string): PooledToken {
    const token = this.tokens.get(tokenId);
    if (token === undefined) {
      throw GenerationError.of('token_gone', `Token ${tokenId}, which serves this generation, was deleted.`);
    }
    return token;
  }

  /** Names the upstream that a token belongs to. Within it, job ids are unique; tokens of one account see the same jobs. */
  upstreamScope(tokenId: string): string {
    const { provider, baseUrl } = this.token(tokenId);
    return `${provider} ${baseUrl ?? this.providers.get(provider).manifest.baseUrl}`;
  }

  provider(tokenId: string): Provider {
    return this.providers.get(this.token(tokenId).provider).provider;
  }

  /**
   * Runs `work` and hands on its result or error. The signal is aborted when the time is up or the process ends; a
   * provider that ignores that for over a second is waited for no longer.
   *
   * @throws GenerationError `token_gone` without having run `work`
   */
  async run<T>(
    call: ProviderCall,
    work: (provider: Provider, context: ProviderContext) => Promise<T>,
  ): Promise<T> {
    const token = this.token(call.tokenId);
    const timeout = new AbortController();
    const timer =
      call.timeoutMs === undefined
        ? undefined
        : this.clock.setTimer(() => {
            timeout.abort(new Error(`${call.operation} took over ${call.timeoutMs ?? 0} ms`));
          }, call.timeoutMs);
    const signals = [timeout.signal, this.#shutdown.signal, call.signal].filter(
      (signal) => signal !== undefined,
    );
    const signal = AbortSignal.any(signals);
    const over = new AbortController();
    try {
      const context = this.#contextOf(token, call.operation, signal);
      const running = work(this.providers.get(token.provider).provider, context);
      return await Promise.race([running, this.#deserted(signal, over.signal)]);
    } finally {
      timer?.cancel();
      over.abort();
    }
  }

  /** Rejects once the call was aborted and had its time to end. */
  async #deserted(signal: AbortSignal, over: AbortSignal): Promise<never> {
    await abortOf(AbortSignal.any([signal, over]));
    await this.clock.sleep(ABORT_GRACE_MS, over);
    throw signal.reason;
  }

  /** What cannot even be prepared was surely not sent. */
  #contextOf(token: PooledToken, operation: string, signal: AbortSignal): ProviderContext {
    try {
      this.providers.get(token.provider);
      return this.contexts.create({ token, secret: this.secrets.open(token), signal, operation });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `Token ${token.id} (${token.label}) cannot be used: ${reason}`;
      throw new ProviderError({ kind: 'transient', retryAfterMs: null }, message, { cause });
    }
  }

  onApplicationShutdown(): void {
    this.#shutdown.abort(new Error('The process ends.'));
  }
}

function abortOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      resolve();
    };
    if (signal.aborted) finish();
    else signal.addEventListener('abort', finish, { once: true });
  });
}

import { type Clock, SystemClock } from 'penstock/kernel';
import type { ProviderLogger, RefreshContext } from 'penstock/plugin-api';

import { TestProviderHttp } from './test-provider-http.js';

/** One line that a provider logged. */
export interface LogLine {
  readonly level: 'debug' | 'warn';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A context for one call, with what the provider logged in it. */
export interface TestContext extends RefreshContext {
  readonly logs: readonly LogLine[];
}

/** How a {@link TestContext} is made. */
export interface TestContextOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** @defaultValue `secret-of-the-test-token` */
  readonly secret?: string;
  /** @defaultValue `refresh-secret-of-the-test-token` */
  readonly refreshSecret?: string;
  /** @defaultValue one that never aborts */
  readonly signal?: AbortSignal;
  /** Read for dates in `Retry-After`. @defaultValue the machine's */
  readonly clock?: Clock;
}

/** A {@link ProviderContext} over real HTTP, for tests of a provider. */
export function createTestContext(options: TestContextOptions): TestContext {
  const {
    baseUrl,
    secret = 'secret-of-the-test-token',
    refreshSecret = 'refresh-secret-of-the-test-token',
    signal = new AbortController().signal,
    clock = new SystemClock(),
  } = options;
  const logs: LogLine[] = [];
  const log =
    (level: LogLine['level']): ProviderLogger['debug'] =>
    (message, fields = {}) => {
      logs.push({ level, message, fields });
    };
  return {
    token: { id: 'token-1', label: 'test' },
    secret,
    refreshSecret,
    http: new TestProviderHttp({ baseUrl, signal, clock, secrets: [secret, refreshSecret] }),
    logger: { debug: log('debug'), warn: log('warn') },
    signal,
    logs,
  };
}

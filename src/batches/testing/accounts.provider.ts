import {
  ProviderError,
  ProviderPlugin,
  type ProviderContext,
  type Quota,
  type RefreshContext,
  type RefreshedCredential,
  type Verification,
} from 'penstock/plugin-api';
import { stubManifest, StubProvider } from 'penstock/plugin-host/testing';

/** Does what the secrets of its tokens say, and remembers the calls. One instance of each application. */
@ProviderPlugin(stubManifest({ name: 'acme' }))
export class AccountsProvider extends StubProvider {
  readonly calls: string[] = [];
  /** Secrets that are good now, besides those that begin with `good`. */
  readonly revived = new Set<string>();

  override verify(context?: ProviderContext): Promise<Verification> {
    const secret = this.#note('verify', context);
    if (secret.startsWith('good') || this.revived.has(secret))
      return Promise.resolve({ valid: true, detail: 'account 7' });
    if (secret.startsWith('bad')) throw new ProviderError({ kind: 'unauthorized' }, 'GET /me answered 401.');
    throw new ProviderError({ kind: 'transient', retryAfterMs: null }, 'GET /me answered 503.');
  }

  fetchQuota(context: ProviderContext): Promise<Quota> {
    if (this.#note('quota', context).startsWith('bad'))
      throw new ProviderError({ kind: 'unauthorized' }, 'GET /quota answered 401.');
    return Promise.resolve({ remaining: 12, resetsAt: null });
  }

  refreshCredential(context: RefreshContext): Promise<RefreshedCredential> {
    this.#note('refresh', context);
    const { refreshSecret } = context;
    if (refreshSecret.startsWith('bad')) throw new ProviderError({ kind: 'unauthorized' }, 'invalid_grant');
    return Promise.resolve({
      secret: `good-by-${refreshSecret}`,
      refreshSecret: `next-${refreshSecret}`,
      expiresAt: null,
    });
  }

  activate(code: string, context: ProviderContext): Promise<{ readonly alreadyActive: boolean }> {
    const secret = this.#note('activate', context);
    if (secret.startsWith('bad'))
      throw new ProviderError({ kind: 'invalid_request', param: null }, `The code ${code} is used up.`);
    return Promise.resolve({ alreadyActive: secret.includes('active') });
  }

  #note(what: string, context: ProviderContext | undefined): string {
    const { secret = '' } = context ?? {};
    this.calls.push(`${what} ${secret}`);
    return secret;
  }
}

/** A provider without any capability. */
@ProviderPlugin(stubManifest({ name: 'plain' }))
export class PlainProvider extends StubProvider {}

import type { ProviderHttp } from './provider-http.js';

/** Where a provider writes what an operator should read. Secrets are redacted, but do not rely on it. */
export interface ProviderLogger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What a method of a provider is given besides its arguments. It lives as long as the call. */
export interface ProviderContext {
  /** The token that serves the call; `id` is stable. */
  readonly token: { readonly id: string; readonly label: string };
  /** The opened credential. Use it in a header; never log or keep it. */
  readonly secret: string;
  /** HTTP to this token's upstream. */
  readonly http: ProviderHttp;
  readonly logger: ProviderLogger;
  /** Aborts when the call's deadline passed, the generation was cancelled, or the process ends. `http` obeys it already. */
  readonly signal: AbortSignal;
}

/** The context of `refreshCredential`. */
export interface RefreshContext extends ProviderContext {
  readonly refreshSecret: string;
}

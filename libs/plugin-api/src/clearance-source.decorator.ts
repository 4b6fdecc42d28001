import { DiscoveryService } from '@nestjs/core';

/** What a {@link ClearanceSource} is for. */
export interface ClearanceSourceOptions {
  /** Shown to operators. @defaultValue the name of the class */
  readonly name?: string;
  /** Such as `https://api.example.com`. @defaultValue every origin */
  readonly origins?: readonly string[];
}

/** An edge that challenges. */
export interface ClearanceQuestion {
  /** Such as `https://api.example.com`. */
  readonly origin: string;
  /** The proxy of the calls that are challenged, with its credentials; `null` for a direct connection. */
  readonly proxyUrl: string | null;
  /** What the edge answered, for people. */
  readonly reason: string;
  /** Aborted after 30 seconds, and at the end of the process. */
  readonly signal: AbortSignal;
}

/** What lets calls past the edge: what its operator, or whoever owns the account, has given out. */
export interface GivenClearance {
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  /** In milliseconds. @defaultValue the setting `edge.clearanceTtlMs` */
  readonly ttlMs?: number;
}

/** What a class with `@ClearanceSource()` implements. */
export interface ClearanceGiver {
  /** @returns `null` when it has none. It is asked at most once at a time for an origin and proxy. */
  clearanceFor(question: ClearanceQuestion): Promise<GivenClearance | null>;
}

/**
 * Marks a Nest provider that can hand out clearances for edges, such as the tokens of a service account. The class
 * implements {@link ClearanceGiver} and is listed in the `providers` of a module of its own.
 *
 * @example
 * ```ts
 * @ClearanceSource({ name: 'acme-access', origins: ['https://api.acme.test'] })
 * export class AcmeAccess implements ClearanceGiver { ... }
 * ```
 */
export const ClearanceSource = DiscoveryService.createDecorator<ClearanceSourceOptions | undefined>();

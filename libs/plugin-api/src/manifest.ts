/** The version of the contract in this package. A plugin names the version that it was written against. */
export const PLUGIN_API_VERSION = 1;

/** What is made: `video`, `image`, … Lower-case words and hyphens; plugins may add kinds. */
export type Kind = string;

/** One parameter of a model, besides the prompt. */
export interface ParameterDescription {
  /** What it means, for people. */
  readonly description: string;
  /** The values that the upstream takes. Any string of at most 1,000 characters when left out. */
  readonly values?: readonly string[];
  /** The value that the upstream assumes when the request has none. */
  readonly default?: string;
}

/** One model of a provider. */
export interface ModelDescription {
  /** The id that clients send, unique within the provider. */
  readonly id: string;
  readonly kind: Kind;
  /** Who offers it, as `GET /v1/models` says. */
  readonly ownedBy: string;
  /** When it came out or, where that is not known, since when the plugin offers it; in seconds since 1970. */
  readonly createdAt: number;
  /** Parameters by name. What is not listed is refused before anything is sent upstream. */
  readonly parameters: Readonly<Record<string, ParameterDescription>>;
  /** Whether a reference image may go with the prompt. */
  readonly acceptsInputReference: boolean;
}

/** What a provider says of itself. */
export interface ProviderManifest {
  /** Unique among all providers: lower-case letters, digits and hyphens, such as `openai-videos`. */
  readonly name: string;
  /** {@link PLUGIN_API_VERSION} at the time of writing. */
  readonly apiVersion: number;
  /** Kinds that the provider makes; each model's kind is one of these. */
  readonly kinds: readonly Kind[];
  readonly models: readonly ModelDescription[];
  /** Where the API is, without a trailing slash, for tokens that name no `baseUrl` of their own. */
  readonly baseUrl: string;
  /**
   * Most requests a minute with which one token is polled, where the upstream counts them: an integer of at least 1. The
   * setting `polling.tokenPollsPerMinute` wins over it. @defaultValue any number
   */
  readonly pollsPerMinute?: number;
  /**
   * How long the upstream may take to answer a submission, in milliseconds, where that can be long: an integer from 1 to 3,600,000.
   * The setting `generation.submitTimeoutMs` holds where it is longer. @defaultValue the setting
   */
  readonly submitTimeoutMs?: number;
  /**
   * What proves a callback, where the provider has `parseWebhook`: the upstream's signature, whose secret the operator sets, or only
   * that it knows the path. @defaultValue `signed`
   */
  readonly callbacks?: 'signed' | 'unsigned';
}

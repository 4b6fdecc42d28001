import type { Readable } from 'node:stream';

import type { JsonValue } from 'penstock/kernel';

import type { ProviderFailure } from './provider-failure.js';

/** A body to send: JSON, a form with files, or fields as an HTML form without files sends them. */
export type ProviderRequestBody =
  | { readonly json: JsonValue }
  | { readonly form: FormData }
  | { readonly urlencoded: Readonly<Record<string, string>> };

/** An answer that is not a success, for a provider's own classification. */
export interface UpstreamAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as JSON where it is JSON, otherwise its text; at most the first 64 KiB were read. */
  readonly body: JsonValue;
}

/** One HTTP request of a provider. */
export interface ProviderRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /**
   * Appended to the base URL of the token, such as `/videos`. An `http:` or `https:` URL without a query is taken as it
   * is, for what lives elsewhere, such as the token endpoint of an OAuth server.
   */
  readonly path: string;
  /** Query parameters; `undefined` ones are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** The provider adds the credential itself. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: ProviderRequestBody;
  /** Longest wait for the complete headers of the answer, in milliseconds. The core's setting when left out. */
  readonly timeoutMs?: number;
  /** Statuses besides 2xx that are an answer to hand over instead of a failure, such as 416. */
  readonly accept?: readonly number[];
  /** Most bytes of the answer that `json` takes, at most 64 MiB. @defaultValue 8 MiB */
  readonly answerBytes?: number;
  /** Looks at an answer that is not a success first; `undefined` leaves it to the common classification by status. */
  readonly classify?: (answer: UpstreamAnswer) => ProviderFailure | undefined;
}

/** A successful answer with its parsed body. */
export interface JsonAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonValue;
}

/** A successful answer whose body flows. */
export interface StreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Must be read to its end or destroyed; either is safe at any time. It ends with an error when it broke off. */
  readonly body: Readable;
}

/**
 * HTTP to the upstream of one token: bound to its base URL, session, proxy, edge and abort signal. It follows no
 * redirect to another origin, repeats nothing, and bounds every size and time.
 *
 * Both methods throw {@link ProviderError}: classified by status (or by `classify`) for an answer that is not a success;
 * `transient` when the request surely never left; `ambiguous` when it may have arrived and no usable answer came.
 */
export interface ProviderHttp {
  /**
   * Sends and parses the answer, of at most 8 MiB or `answerBytes`. The body of 204 is `null`. A 2xx body that is not JSON is
   * `ambiguous`; that of an accepted other status is then its text.
   */
  json(request: ProviderRequest): Promise<JsonAnswer>;
  /** Sends and hands over the body as it comes. */
  stream(request: ProviderRequest): Promise<StreamAnswer>;
}

import type { IncomingMessage } from 'node:http';

import type { JsonValue } from 'penstock/kernel';

/**
 * How a scripted upstream answers once: a status (200 when left out), headers, and one of the bodies.
 *
 * `fault` spoils it: `reset` reads the request and resets the connection without an answer, `hang` never answers, and
 * `cut-off` announces the whole body, sends half of it and resets the connection.
 */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: JsonValue;
  readonly text?: string;
  readonly bytes?: Uint8Array;
  readonly fault?: 'reset' | 'hang' | 'cut-off';
}

/** A reply, or a function that makes it from the request. */
export type Answer = Reply | ((request: RecordedRequest) => Reply);

/** Method and path pattern, such as `GET /videos/:id`. `:name` stands for one segment; there is no query in it. */
export type Route = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;

/** One call of an upstream's API and how it is answered. */
export interface Exchange {
  readonly route: Route;
  readonly answer: Answer;
  /** Other routes that are used on the way, such as an upload before the job. */
  readonly also?: Readonly<Record<Route, Answer>> | undefined;
}

/** What a scripted upstream received. */
export class RecordedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    message: IncomingMessage,
    readonly body: Buffer,
  ) {
    const url = new URL(message.url ?? '/', 'http://upstream.test');
    this.method = message.method ?? 'GET';
    this.path = url.pathname;
    this.query = url.searchParams;
    this.headers = Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
    );
  }

  /** The body as text. */
  get text(): string {
    return this.body.toString('utf8');
  }

  /** The body parsed as JSON. @throws SyntaxError when it is not JSON. */
  json(): JsonValue {
    return JSON.parse(this.text) as JsonValue;
  }

  /** The body parsed as a form, by its content type. @throws TypeError when it is not a form. */
  form(): Promise<FormData> {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- only risky with forms that strangers send to a server
    return new Response(new Uint8Array(this.body), { headers: { ...this.headers } }).formData();
  }
}

/** Whether `method` and `path` are what `route` stands for. */
export function matches(route: Route, method: string, path: string): boolean {
  const [routeMethod, routePath = ''] = route.split(' ');
  const wanted = routePath.split('/');
  const got = path.split('/');
  return (
    routeMethod === method &&
    wanted.length === got.length &&
    wanted.every((segment, index) => segment.startsWith(':') || segment === got[index])
  );
}

/** The bytes of a reply's body. */
export function bodyOf(reply: Reply): Buffer {
  if (reply.bytes !== undefined) return Buffer.from(reply.bytes);
  if (reply.json !== undefined) return Buffer.from(JSON.stringify(reply.json));
  return Buffer.from(reply.text ?? '');
}

/** The content type that goes with a reply's body. */
export function contentTypeOf(reply: Reply): string {
  if (reply.bytes !== undefined) return 'application/octet-stream';
  return reply.json === undefined ? 'text/plain' : 'application/json';
}

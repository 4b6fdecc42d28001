import type { ServerResponse } from 'node:http';

/** What both Fastify's and Express' requests tell, each in its own place. */
export interface HttpRequest {
  readonly method: string;
  /** Fastify, and what an application of Express may set. */
  readonly id?: unknown;
  /** Fastify. */
  readonly routeOptions?: { readonly url?: string | undefined };
  /** Express. */
  readonly route?: { readonly path?: unknown };
}

/** Node's response, or Fastify's reply around it. */
export type HttpReply = ServerResponse | { readonly raw: ServerResponse };

/** The pattern of the route, such as `/v1/videos/:id`; `unknown` when there is none. Never the URL that was sent. */
export function routePattern(request: HttpRequest): string {
  const path = request.routeOptions?.url ?? request.route?.path;
  return typeof path === 'string' ? path : 'unknown';
}

/** What proxies log for a client that did not wait for the beginning of the answer. */
const CLIENT_CLOSED_REQUEST = 499;

/** Calls back once, when the response has been sent, or the client has gone away. */
export function onResponseEnd(reply: HttpReply, callback: (status: number) => void): void {
  const response = 'raw' in reply ? reply.raw : reply;
  const end = (status: number): void => {
    response.off('finish', finish);
    response.off('close', close);
    callback(status);
  };
  const finish = (): void => {
    end(response.statusCode);
  };
  const close = (): void => {
    end(response.headersSent ? response.statusCode : CLIENT_CLOSED_REQUEST);
  };
  response.once('finish', finish);
  response.once('close', close);
}

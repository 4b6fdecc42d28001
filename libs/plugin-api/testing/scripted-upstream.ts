import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  type Answer,
  bodyOf,
  contentTypeOf,
  type Exchange,
  matches,
  RecordedRequest,
  type Reply,
  type Route,
} from './reply.js';

/**
 * An upstream over real HTTP that says what a test tells it to, and records what it was asked. A request that nothing
 * was scripted for is answered with 501 and kept in {@link unexpected}.
 */
export class ScriptedUpstream {
  readonly #server: Server;
  readonly #script = new Map<Route, Answer[]>();
  readonly #hanging = new Set<ServerResponse>();
  #requests: RecordedRequest[] = [];
  #unexpected: string[] = [];

  private constructor() {
    this.#server = createServer((message, response) => void this.#serve(message, response));
  }

  /** Starts one on a free port of 127.0.0.1. */
  static async start(): Promise<ScriptedUpstream> {
    const upstream = new ScriptedUpstream();
    await new Promise<void>((resolve) => upstream.#server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  /** A base URL where nothing listens: connections are refused. */
  static async refusing(): Promise<string> {
    const upstream = await ScriptedUpstream.start();
    const { base } = upstream;
    await upstream.close();
    return base;
  }

  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Everything received since the last {@link reset}, oldest first. */
  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  /** Method and path of each request that nothing was scripted for. */
  get unexpected(): readonly string[] {
    return this.#unexpected;
  }

  /** Requests answered with `hang` whose client still waits. */
  get hanging(): number {
    return this.#hanging.size;
  }

  /** Scripts a route anew: one answer a request in this order, the last one from then on. */
  on(route: Route, ...answers: readonly [Answer, ...Answer[]]): this {
    this.#script.set(route, [...answers]);
    return this;
  }

  /** Scripts a whole exchange. */
  script({ route, answer, also = {} }: Exchange): this {
    for (const [other, otherAnswer] of Object.entries(also)) this.on(other as Route, otherAnswer);
    return this.on(route, answer);
  }

  /** What `route` received, oldest first. */
  received(route: Route): readonly RecordedRequest[] {
    return this.#requests.filter(({ method, path }) => matches(route, method, path));
  }

  /** Forgets every answer and every request. */
  reset(): void {
    this.#script.clear();
    this.#requests = [];
    this.#unexpected = [];
  }

  /** Ends all connections and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of message) chunks.push(chunk as Buffer);
    } catch {
      return; // The client went away while it was sending.
    }
    const request = new RecordedRequest(message, Buffer.concat(chunks));
    this.#requests.push(request);
    this.#send(this.#replyTo(request), response);
  }

  #replyTo(request: RecordedRequest): Reply {
    for (const [route, answers] of this.#script) {
      if (!matches(route, request.method, request.path)) continue;
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer !== undefined) return typeof answer === 'function' ? answer(request) : answer;
    }
    this.#unexpected.push(`${request.method} ${request.path}`);
    return { status: 501, text: `Nothing is scripted for ${request.method} ${request.path}.` };
  }

  #send(reply: Reply, response: ServerResponse): void {
    if (reply.fault === 'reset') {
      response.socket?.resetAndDestroy();
      return;
    }
    if (reply.fault === 'hang') {
      this.#hanging.add(response);
      response.on('close', () => this.#hanging.delete(response));
      return;
    }
    const body = bodyOf(reply);
    const bodiless = reply.status === 204 || reply.status === 304;
    response.writeHead(reply.status ?? 200, {
      'content-type': contentTypeOf(reply),
      ...(bodiless ? {} : { 'content-length': body.length }),
      ...reply.headers,
    });
    if (reply.fault === undefined) response.end(bodiless ? undefined : body);
    else cutOff(response, body);
  }
}

/** Sends half of a body, and resets once that has left. */
function cutOff(response: ServerResponse, body: Buffer): void {
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => {
    setTimeout(() => response.socket?.resetAndDestroy(), 5);
  });
}

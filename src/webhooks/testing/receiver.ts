import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook as it arrived. */
export interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How a receiver answers; `received` counts this one. */
export type Answers = (response: ServerResponse, received: readonly Received[]) => void;

/** Takes what it is sent. */
export const thanks: Answers = (response) => response.writeHead(204).end();

/** Answers with a status. */
export const answering =
  (status: number, headers: Record<string, string> = {}, body = ''): Answers =>
  (response) =>
    response.writeHead(status, headers).end(body);

/** A server that webhooks are sent to. */
export class Receiver {
  readonly received: Received[] = [];

  private constructor(
    private readonly server: Server,
    private answers: Answers,
  ) {}

  static async open(answers: Answers = thanks, port = 0): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server, answers);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void receiver.#take(request, response);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}/hook`;
  }

  /** The events that arrived, parsed. */
  get events(): readonly Record<string, unknown>[] {
    return this.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  }

  /** Answers like this from now on. */
  become(answers: Answers): void {
    this.answers = answers;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    this.received.push({ headers, body: Buffer.concat(chunks).toString() });
    this.answers(response, this.received);
  }
}

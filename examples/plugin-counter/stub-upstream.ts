import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running stand-in of the Counter service. */
export interface CounterUpstream {
  /** Without a trailing slash. */
  readonly base: string;
  close(): Promise<void>;
}

/** How the stand-in runs. */
export interface CounterUpstreamOptions {
  /** The one key that it takes. */
  readonly key: string;
  /** @defaultValue 0, any free port */
  readonly port?: number;
}

interface Job {
  readonly id: string;
  readonly fails: boolean;
  percent: number;
}

interface Answer {
  readonly status: number;
  readonly body: object | string;
}

/**
 * Starts a stand-in of the Counter service on 127.0.0.1. Each look at a job brings it on by half. A prompt with the
 * word `smudge` fails, and one with `forbidden` is refused.
 */
export async function startCounterUpstream({
  key,
  port = 0,
}: CounterUpstreamOptions): Promise<CounterUpstream> {
  const service = new CounterService(key);
  const server = createServer((request, response) => {
    void service.answer(request).then(({ status, body }) => {
      const isFile = typeof body === 'string';
      response.writeHead(status, { 'content-type': isFile ? 'image/svg+xml' : 'application/json' });
      response.end(isFile ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => close(server),
  };
}

class CounterService {
  readonly #jobs = new Map<string, Job>();
  readonly #byAttempt = new Map<string, Job>();

  constructor(private readonly key: string) {}

  async answer(request: IncomingMessage): Promise<Answer> {
    const { method = '', url = '', headers } = request;
    if (headers['x-counter-key'] !== this.key) return { status: 401, body: { message: 'Unknown key.' } };
    switch (`${method} ${url}`) {
      case 'GET /account':
        return { status: 200, body: { name: 'studio' } };
      case 'POST /jobs':
        return this.#create(await textOf(request), String(headers['idempotency-key']));
      default:
        return this.#read(url);
    }
  }

  #read(url: string): Answer {
    const [, id = '', file] = /^\/jobs\/(\w+)(\/file)?$/.exec(url) ?? [];
    const job = this.#jobs.get(id);
    if (job === undefined) return { status: 404, body: { message: 'No such job.' } };
    return file === undefined ? { status: 200, body: look(job) } : fileOf(job);
  }

  /** The same key gives the same job. */
  #create(prompt: string, attemptId: string): Answer {
    if (prompt.includes('forbidden')) return { status: 409, body: { message: 'We do not draw that.' } };
    const id = `job_${this.#jobs.size + 1}`;
    const job = this.#byAttempt.get(attemptId) ?? { id, fails: prompt.includes('smudge'), percent: 0 };
    this.#jobs.set(job.id, job);
    this.#byAttempt.set(attemptId, job);
    return { status: 202, body: stateOf(job) };
  }
}

function look(job: Job): object {
  job.percent = Math.min(100, job.percent + 50);
  return stateOf(job);
}

function stateOf({ id, percent, fails }: Job): object {
  if (percent === 0) return { id, percent, state: 'waiting' };
  if (fails) return { id, percent, state: 'failed', reason: 'The ink smudged.' };
  return { id, percent, state: percent < 100 ? 'drawing' : 'done' };
}

function fileOf({ id, percent, fails }: Job): Answer {
  if (fails || percent < 100) return { status: 404, body: { message: 'Nothing was drawn.' } };
  return { status: 200, body: `<svg xmlns="http://www.w3.org/2000/svg"><text y="20">${id}</text></svg>` };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

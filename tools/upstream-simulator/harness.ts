import { ManualClock } from 'penstock/kernel/testing';
import { Agent, request, type FormData } from 'undici';

import { startSimulator, type Simulator } from './simulator.js';
import type { SimulatorOptions } from './simulator.options.js';

/** How {@link Harness.call} makes a call; without a `secret` it uses `key-a`. */
interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly secret?: string | null;
  readonly json?: unknown;
  readonly body?: string | Buffer | FormData;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** An answer, read to its end. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly text: string;
  /** The parsed body; throws when it is not JSON. */
  json(): unknown;
}

/** A simulator over real HTTP whose time stands still until it is advanced. */
export interface Harness {
  readonly simulator: Simulator;
  readonly clock: ManualClock;
  call(path: string, options?: CallOptions): Promise<Reply>;
  /** Creates a video and returns its id. */
  create(prompt?: string, secret?: string): Promise<string>;
  close(): Promise<void>;
}

/** Times without spread: queued for 1 s, then 9 s of work. */
const PLAIN_BEHAVIOUR = { queue: { medianMs: 1_000 }, duration: { medianMs: 9_000 } };

/** Starts a simulator that knows `key-a` and `key-b`, for a spec. */
export async function startHarness(options: SimulatorOptions = {}): Promise<Harness> {
  const clock = new ManualClock();
  const agent = new Agent({ connections: 4 });
  const simulator = await startSimulator({
    clock,
    credentials: [{ secret: 'key-a' }, { secret: 'key-b' }],
    behaviour: PLAIN_BEHAVIOUR,
    ...options,
  });
  const call = (path: string, asked: CallOptions = {}): Promise<Reply> =>
    send(agent, simulator.url + path, asked);
  return {
    simulator,
    clock,
    call,
    create: async (prompt = 'a cat', secret = 'key-a') => {
      const reply = await call('/v1/videos', { json: { prompt }, secret });
      if (reply.status !== 200) throw new Error(`create: ${reply.status} ${reply.text}`);
      return idOf(reply);
    },
    close: async () => {
      await agent.destroy();
      await simulator.close();
    },
  };
}

/** The id of the resource that the answer shows. */
export function idOf(reply: Reply): string {
  return (reply.json() as { readonly id: string }).id;
}

async function send(dispatcher: Agent, url: string, asked: CallOptions): Promise<Reply> {
  const { secret = 'key-a', json, signal } = asked;
  const headers: Record<string, string> = { ...asked.headers };
  if (secret !== null) headers['authorization'] = `Bearer ${secret}`;
  if (json !== undefined) headers['content-type'] = 'application/json';
  const body = json === undefined ? asked.body : JSON.stringify(json);
  const answer = await request(url, {
    dispatcher,
    headers,
    method: asked.method ?? (body === undefined ? 'GET' : 'POST'),
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const text = bytes.toString('utf8');
  return {
    status: answer.statusCode,
    headers: answer.headers,
    bytes,
    text,
    json: () => JSON.parse(text) as unknown,
  };
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { startGateway, type SoakGateway } from '../soak/gateway.js';
import type { FaultRuleInput } from '../upstream-simulator/core/fault-rule.js';
import { startSimulator, type Simulator } from '../upstream-simulator/index.js';

const SECRETS = ['sk-one', 'sk-two', 'sk-three', 'sk-four'];
const KLING = 'ak-five:sk-five';
/** Of each token; all of them make about a video a second. */
const AT_ONCE = 4;
const [QUIET_PER_SECOND, BUSY_PER_SECOND] = [0.5, 1.8];
const PRIORITIES = ['high', 'normal', 'normal', 'low'];
/** A receiver of webhooks that answers one in so many with an error. */
const FAILS_EACH = 12;

/** What goes wrong upstream, and after which share of the time. */
const TROUBLES: readonly { readonly at: number; readonly rule: FaultRuleInput }[] = [
  {
    at: 0.15,
    rule: {
      operation: 'create',
      secret: 'sk-one',
      times: 2,
      fault: { type: 'rate-limited', retryAfterSeconds: 5 },
    },
  },
  { at: 0.25, rule: { operation: 'create', secret: 'sk-two', times: 4, fault: { type: 'server-error' } } },
  { at: 0.5, rule: { operation: 'retrieve', probability: 0.05, fault: { type: 'server-error' } } },
  { at: 0.6, rule: { operation: 'any', times: 8, fault: { type: 'slow', delayMs: 1_500 } } },
];

/** A gateway with all that its dashboard shows: an upstream with faults, two providers, files that are kept, and webhooks. */
export interface Scene {
  readonly gateway: SoakGateway;
  /** A key with the scope `metrics`. */
  readonly metricsKey: string;
  /** Has clients come and go for a time: few, then more than the tokens take, then few. @throws Error where a request fails */
  play(seconds: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts it, with its file in `folder`. */
export async function openScene(folder: string): Promise<Scene> {
  const simulator = await startSimulator({
    credentials: [...SECRETS, KLING].map((secret) => ({ secret, concurrency: AT_ONCE })),
    behaviour: {
      queue: { medianMs: 1_000, sigma: 0.5 },
      duration: { medianMs: 14_000, sigma: 0.35 },
      failureRate: 0.03,
      contentBytes: 2 ** 21,
    },
  });
  const receiver = await openReceiver();
  const gateway = await startGateway(folder);
  await set(gateway, 'assets', { keep: true });
  await set(gateway, 'webhooks', { allowHttp: true, allowPrivateAddresses: true, firstPauseMs: 1_000 });
  await set(gateway, 'slowOperations', { slowAfterMs: { 'balancer.admission': 2_000 } });
  await gateway.call('PUT', '/admin/keys/key_configured/webhook', { url: receiver.url });
  for (const secret of SECRETS) await addToken(gateway, 'openai-videos', secret, simulator.baseUrl);
  await addToken(gateway, 'kling', KLING, `${simulator.url}/kling`);
  const { key: metricsKey } = await gateway.call<{ readonly key: string }>('POST', '/admin/keys', {
    label: 'prometheus',
    scopes: ['metrics'],
  });
  return {
    gateway,
    metricsKey,
    play: (seconds) => play(gateway, simulator, seconds),
    close: async () => {
      await gateway.stop();
      await Promise.all([simulator.close(), receiver.close()]);
    },
  };
}

async function play(gateway: SoakGateway, { control }: Simulator, seconds: number): Promise<void> {
  const startedAt = performance.now();
  const share = (): number => (performance.now() - startedAt) / 1_000 / seconds;
  const clients: Promise<void>[] = [];
  const failures: unknown[] = [];
  const troubles = [...TROUBLES];
  for (let index = 0; share() < 1 && failures.length === 0; index += 1) {
    const [trouble] = troubles;
    if (trouble !== undefined && share() >= trouble.at) {
      control.addFault(trouble.rule);
      troubles.shift();
    }
    const model = index % 5 === 4 ? 'kling-v2-6' : 'sora-2';
    const priority = PRIORITIES[index % PRIORITIES.length];
    const request = { model, priority, input: { prompt: `scene ${String(index)}` } };
    clients.push(follow(gateway, request).catch((error: unknown) => void failures.push(error)));
    const busy = share() > 0.3 && share() < 0.6;
    await pause(1_000 / (busy ? BUSY_PER_SECOND : QUIET_PER_SECOND));
  }
  await Promise.all(clients);
  if (failures.length > 0) throw failures[0];
}

interface Generation {
  readonly id: string;
  readonly status: string;
}

/** Asks for a generation, waits for its end, and fetches its file. */
async function follow(gateway: SoakGateway, request: object): Promise<void> {
  const { id } = await gateway.call<Generation>('POST', '/v1/generations', request);
  for (;;) {
    const { status } = await gateway.call<Generation>('GET', `/v1/generations/${id}?wait=20`);
    if (status === 'completed') break;
    if (status === 'failed') return;
  }
  const file = await gateway.fetch(`/v1/generations/${id}/assets/0`);
  if (!file.ok) throw new Error(`The file of ${id} answers ${String(file.status)}: ${await file.text()}`);
  await file.arrayBuffer();
}

async function set(gateway: SoakGateway, section: string, values: object): Promise<void> {
  const path = `/admin/settings/${section}`;
  const { version } = await gateway.call<{ readonly version: number }>('GET', path);
  await gateway.call('PATCH', path, values, { 'if-match': `"${String(version)}"` });
}

function addToken(gateway: SoakGateway, provider: string, secret: string, baseUrl: string): Promise<unknown> {
  const token = { provider, label: secret, secret, baseUrl, limits: { video: AT_ONCE } };
  return gateway.call('POST', '/admin/tokens', token);
}

async function openReceiver() {
  let received = 0;
  const server = createServer((request, response) => {
    received += 1;
    request.resume();
    response.writeHead(received % FAILS_EACH === 0 ? 503 : 204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

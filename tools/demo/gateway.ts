import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';

import { createPenstock } from '../../src/index.js';

/** What the demo knows of a generation. */
export interface DemoGeneration {
  readonly status: string;
  readonly progress: number;
  readonly position: number | null;
  readonly tokenId: string | null;
  readonly nextPollAt: string | null;
  readonly error: { readonly message: string } | null;
}

/** The gateway of the demo, with an admin key of its own. */
export interface DemoGateway {
  readonly url: string;
  readonly key: string;
  addToken(secret: string, baseUrl: string): Promise<void>;
  generation(id: string): Promise<DemoGeneration>;
  /** What the operator called the token. */
  label(tokenId: string): string;
  close(): Promise<void>;
}

const PORT = 8080;

/** Starts a gateway on a SQLite file in `folder`, on port 8080 or any free one. */
export async function openGateway(folder: string): Promise<DemoGateway> {
  const key = `demo-${randomBytes(12).toString('hex')}`;
  const penstock = await createPenstock({
    environment: {
      PENSTOCK_DATA_DIR: folder,
      PENSTOCK_ADMIN_KEY: key,
      PORT: String((await isFree(PORT)) ? PORT : 0),
      LOG_LEVEL: 'error',
    },
  });
  const url = await penstock.start();
  const labels = new Map<string, string>();
  const call = async <T>(path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path} answers ${String(answer.status)}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  return {
    url,
    key,
    addToken: async (secret, baseUrl) => {
      const label = secret.replace('sk-demo-', '');
      const token = { provider: 'openai-videos', label, secret, baseUrl, limits: { video: 1 } };
      labels.set((await call<{ id: string }>('/admin/tokens', token)).id, label);
    },
    generation: (id) => call(`/v1/generations/${id}`),
    label: (tokenId) => labels.get(tokenId) ?? tokenId,
    close: () => penstock.app.close(),
  };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}

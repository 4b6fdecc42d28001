import { forkServer } from './fork-server.js';
import { gatewayEnvironment, KEY } from './gateway-environment.js';

/**
 * Lets a gateway make its file, with a token for each secret, and ends it.
 *
 * @returns the ids of the tokens by secret
 */
export async function prepareFile(
  folder: string,
  baseUrl: string,
  secrets: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const gateway = await forkServer(new URL('./gateway.js', import.meta.url), gatewayEnvironment(folder));
  const ids = new Map<string, string>();
  for (const secret of secrets) {
    const token = { provider: 'openai-videos', label: secret, secret, baseUrl };
    ids.set(secret, (await send<{ readonly id: string }>('POST', `${gateway.url}/admin/tokens`, token)).id);
  }
  await gateway.stop();
  return ids;
}

/** Asks with the admin key. @throws Error for any answer that is no success */
export async function send<T>(method: 'GET' | 'POST' | 'PUT', url: string, body?: object): Promise<T> {
  const answer = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answers ${String(answer.status)}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Waits until the gateway says that it is ready. */
export async function untilReady(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/health/ready`);
    await answer.arrayBuffer();
    if (answer.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

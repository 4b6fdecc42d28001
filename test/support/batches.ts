import type { ApiClient, Json } from './api-client.js';

/** Waits until a batch has ended. @returns the batch as it is shown */
export async function batchEnd(api: ApiClient, id: string, timeoutMs = 60_000): Promise<Json> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const { status, body } = await api.request('GET', `/admin/batches/${id}`);
    if (status !== 200) throw new Error(`${id} cannot be read: ${JSON.stringify(body)}`);
    if (['completed', 'stopped', 'cancelled'].includes(String(body['state']))) return body;
    if (performance.now() > deadline) throw new Error(`${id} has not ended: ${JSON.stringify(body)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Begins a batch. @returns its id */
export async function beginBatch(api: ApiClient, operation: string, more: object = {}): Promise<string> {
  const { status, body, headers } = await api.request('POST', '/admin/batches', { operation, ...more });
  if (status !== 202) throw new Error(`${operation} was refused: ${JSON.stringify(body)}`);
  const id = String(body['id']);
  if (headers.get('location') !== `/admin/batches/${id}`) throw new Error('No Location leads to the batch.');
  return id;
}

/** Every item of a batch, by pages. */
export async function batchItems(api: ApiClient, id: string, state?: string): Promise<readonly Json[]> {
  const items: Json[] = [];
  const filter = state === undefined ? '' : `&state=${state}`;
  for (let cursor = ''; ;) {
    const { body } = await api.request('GET', `/admin/batches/${id}/items?limit=100${filter}${cursor}`);
    items.push(...(body['data'] as Json[]));
    const nextCursor = body['nextCursor'] as string | null;
    if (nextCursor === null) return items;
    cursor = `&cursor=${nextCursor}`;
  }
}

/** Adds the tokens of a text, as `POST /admin/tokens/import` takes it. @returns the id of the batch */
export async function importTokens(
  api: ApiClient,
  text: string,
  { type = 'text/plain', query = '' }: { readonly type?: string; readonly query?: string } = {},
): Promise<string> {
  const headers = { 'content-type': type };
  const { status, body } = await api.request('POST', `/admin/tokens/import?${query}`, text, headers);
  if (status !== 202) throw new Error(`The import was refused: ${JSON.stringify(body)}`);
  return String(body['id']);
}

/** A server-sent event of a batch. */
export interface BatchEvent {
  readonly id: string;
  readonly name: string;
  readonly data: string;
}

/** The events of a batch that has ended. @param after - the last event that is known already */
export async function batchEvents(
  { url, key }: ApiClient,
  id: string,
  after?: string,
): Promise<readonly BatchEvent[]> {
  const headers = {
    authorization: `Bearer ${key}`,
    ...(after === undefined ? {} : { 'last-event-id': after }),
  };
  const answer = await fetch(`${url}/admin/batches/${id}/events`, { headers });
  return Array.from(
    (await answer.text()).matchAll(/^id: (\d+)\nevent: (\w+)\ndata: (.*)$/gm),
    ([, at = '', name = '', data = '']) => ({ id: at, name, data }),
  );
}

/** Sets how far apart tests of tokens begin, in milliseconds. */
export async function setTestInterval(api: ApiClient, testIntervalMs: number): Promise<void> {
  const { headers } = await api.request('GET', '/admin/settings/batch');
  const ifMatch = { 'if-match': headers.get('etag') ?? '' };
  const { status, body } = await api.request('PATCH', '/admin/settings/batch', { testIntervalMs }, ifMatch);
  if (status !== 200) throw new Error(`The setting was refused: ${JSON.stringify(body)}`);
}

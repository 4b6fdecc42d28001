import { createHash } from 'node:crypto';

import type { StoredReference } from './generation.entity.js';

/** The parts of a request that make it the same request. */
export interface HashedRequest {
  readonly kind: string;
  readonly model: string;
  readonly provider: string | null;
  readonly prompt: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly reference: StoredReference | null;
  readonly remixOf: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly webhookUrl: string | null;
  /** As the request names it, not as the API key adds it. */
  readonly priority: string | null;
}

/** SHA-256 over a request, independent of the order of its fields and of where its file is kept. */
export function hashRequest(request: HashedRequest): string {
  const { kind, model, provider, prompt, parameters, reference, remixOf, metadata } = request;
  const { webhookUrl, priority } = request;
  const content = reference?.type === 'file' ? { sha256: reference.sha256 } : reference;
  const parts = [kind, model, provider, prompt, sorted(parameters), content, remixOf, sorted(metadata)];
  // Those without keep the hash that they had before there were webhooks, and then priorities.
  if (webhookUrl !== null || priority !== null) parts.push(webhookUrl);
  if (priority !== null) parts.push(priority);
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

const sorted = (record: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

import { createHmac, timingSafeEqual } from 'node:crypto';

import type { JsonObject, JsonValue } from 'penstock/kernel';
import {
  type Download,
  type DownloadRequest,
  type JobReference,
  type JobSnapshot,
  type LostAttempt,
  type Provider,
  type ProviderContext,
  ProviderError,
  ProviderPlugin,
  type Quota,
  type Reconciliation,
  type RefreshContext,
  type RefreshedCredential,
  type SubmitRequest,
  type SubmittedJob,
  type Verification,
  type WebhookEvent,
  type WebhookRequest,
} from 'penstock/plugin-api';

const EMPTY: JobSnapshot = { status: 'queued', progress: null, assets: [], error: null, pollAfterMs: null };

/** Has every capability, so that every part of the suite runs. */
@ProviderPlugin({
  name: 'reference',
  apiVersion: 1,
  kinds: ['video'],
  models: [
    {
      id: 'reference-1',
      kind: 'video',
      ownedBy: 'test',
      createdAt: 1_767_225_600,
      parameters: {},
      acceptsInputReference: false,
    },
  ],
  baseUrl: 'https://reference.example',
})
export class ReferenceProvider implements Provider {
  async submit({ prompt, attemptId }: SubmitRequest, context: ProviderContext): Promise<SubmittedJob> {
    return submittedIn(await ask(context, 'POST', '/jobs', { prompt, attemptId }));
  }

  async remix(
    source: JobReference,
    { prompt }: SubmitRequest,
    context: ProviderContext,
  ): Promise<SubmittedJob> {
    return submittedIn(await ask(context, 'POST', `/jobs/${source.jobId}/remix`, { prompt }));
  }

  async poll({ jobId }: JobReference, { http, secret }: ProviderContext): Promise<JobSnapshot> {
    const headers = { authorization: `Bearer ${secret}` };
    const { status, body } = await http.json({
      method: 'GET',
      path: `/jobs/${jobId}`,
      headers,
      accept: [404],
    });
    return status === 404 ? { ...EMPTY, status: 'not_found' } : snapshotIn(body);
  }

  async pollMany(
    jobs: readonly JobReference[],
    context: ProviderContext,
  ): Promise<ReadonlyMap<string, JobSnapshot>> {
    const wanted = new Set(jobs.map(({ jobId }) => jobId));
    const list = listIn(await ask(context, 'GET', '/jobs'));
    const snapshots = list.map((job) => [textIn(job, 'id'), snapshotIn(job)] as const);
    return new Map(snapshots.filter(([jobId]) => wanted.has(jobId)));
  }

  async verify(context: ProviderContext): Promise<Verification> {
    await ask(context, 'GET', '/me');
    return { valid: true, detail: context.token.label };
  }

  async cancel({ jobId }: JobReference, { http, secret }: ProviderContext): Promise<void> {
    const headers = { authorization: `Bearer ${secret}` };
    await http.json({ method: 'DELETE', path: `/jobs/${jobId}`, headers, accept: [409] });
  }

  async download(
    { jobId }: JobReference,
    { range }: DownloadRequest,
    { http, secret }: ProviderContext,
  ): Promise<Download> {
    const headers = { authorization: `Bearer ${secret}`, ...(range === null ? {} : { range }) };
    const path = `/jobs/${jobId}/content`;
    const { status, headers: got, body } = await http.stream({ method: 'GET', path, headers, accept: [416] });
    return {
      status,
      contentType: got['content-type'] ?? '',
      contentLength: null,
      contentRange: got['content-range'] ?? null,
      etag: null,
      lastModified: null,
      body,
    };
  }

  async fetchQuota(context: ProviderContext): Promise<Quota> {
    const left = fieldsOf(await ask(context, 'GET', '/quota'))['left'];
    return { remaining: typeof left === 'number' ? left : null, resetsAt: null };
  }

  async refreshCredential({ http, refreshSecret }: RefreshContext): Promise<RefreshedCredential> {
    const json = { refresh: refreshSecret };
    const { body } = await http.json({ method: 'POST', path: '/refresh', body: { json } });
    return { secret: textIn(body, 'access'), refreshSecret: null, expiresAt: null };
  }

  async activate(code: string, context: ProviderContext): Promise<{ readonly alreadyActive: boolean }> {
    return { alreadyActive: fieldsOf(await ask(context, 'POST', '/activate', { code }))['was'] === true };
  }

  async reconcile(attempt: LostAttempt, context: ProviderContext): Promise<Reconciliation> {
    for (const job of listIn(await ask(context, 'GET', '/jobs'))) {
      const { attemptId } = fieldsOf(job);
      const isOurs = attemptId === attempt.attemptId && !(await attempt.isClaimed(textIn(job, 'id')));
      if (isOurs) return { outcome: 'found', job: submittedIn(job) };
    }
    return { outcome: 'absent' };
  }

  parseWebhook({ headers, rawBody }: WebhookRequest, webhookSecret: string): Promise<WebhookEvent | null> {
    const expected = Buffer.from(sign(rawBody, webhookSecret));
    const got = Buffer.from(headers['x-signature'] ?? '');
    if (expected.length !== got.length || !timingSafeEqual(expected, got)) return Promise.resolve(null);
    const payload = fieldsOf(JSON.parse(Buffer.from(rawBody).toString()) as JsonValue);
    return Promise.resolve({ jobId: textIn(payload, 'id'), payload });
  }
}

async function ask(
  { http, secret }: ProviderContext,
  method: 'GET' | 'POST',
  path: string,
  json?: JsonObject,
): Promise<JsonValue> {
  const headers = { authorization: `Bearer ${secret}` };
  const answer = await http.json({
    method,
    path,
    headers,
    ...(json === undefined ? {} : { body: { json } }),
  });
  return answer.body;
}

function submittedIn(body: JsonValue): SubmittedJob {
  return { jobId: textIn(body, 'id'), snapshot: snapshotIn(body) };
}

function snapshotIn(body: JsonValue): JobSnapshot {
  const { status, reason } = fieldsOf(body);
  switch (status) {
    case 'queued':
    case 'in_progress':
    case 'cancelled':
      return { ...EMPTY, status };
    case 'completed':
      return { ...EMPTY, status, assets: [{ name: 'video', contentType: 'video/mp4', bytes: null }] };
    case 'failed':
      return {
        ...EMPTY,
        status,
        error: { code: 'failed', message: typeof reason === 'string' ? reason : '' },
      };
    default:
      throw new ProviderError({ kind: 'ambiguous' }, 'The answer has no status that is known.');
  }
}

function textIn(body: JsonValue, name: string): string {
  const value = fieldsOf(body)[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new ProviderError({ kind: 'ambiguous' }, `The answer has no ${name}.`);
}

function listIn(body: JsonValue): readonly JsonValue[] {
  const { data } = fieldsOf(body);
  if (Array.isArray(data)) return data as readonly JsonValue[];
  throw new ProviderError({ kind: 'ambiguous' }, 'The answer has no list.');
}

function fieldsOf(body: JsonValue): JsonObject {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as JsonObject) : {};
}

/** The signature that its callbacks bear. */
export function sign(rawBody: Uint8Array, secret: string): string {
  return createHmac('sha256', secret).update(rawBody).digest('hex');
}

import {
  type Download,
  type DownloadRequest,
  type JobReference,
  type JobSnapshot,
  type JsonValue,
  type Provider,
  type ProviderContext,
  ProviderError,
  ProviderPlugin,
  type SubmitRequest,
  type SubmittedJob,
  type Verification,
} from 'penstock/plugin-api';

/** What the upstream calls the states of a job. */
const STATUSES = new Map<JsonValue | undefined, JobSnapshot['status']>([
  ['waiting', 'queued'],
  ['drawing', 'in_progress'],
  ['done', 'completed'],
  ['failed', 'failed'],
]);

/** Images from Counter, a made-up service that draws the number of each job. */
@ProviderPlugin({
  name: 'counter',
  apiVersion: 1,
  kinds: ['image'],
  models: [
    {
      id: 'counter-1',
      kind: 'image',
      ownedBy: 'counter',
      createdAt: 1_767_225_600,
      parameters: {
        color: { description: 'Color of the digits', values: ['black', 'teal', 'orange'], default: 'black' },
      },
      acceptsInputReference: false,
    },
  ],
  baseUrl: 'https://api.counter.example',
})
export class CounterProvider implements Provider {
  async submit(request: SubmitRequest, { http, secret }: ProviderContext): Promise<SubmittedJob> {
    const { body } = await http.json({
      method: 'POST',
      path: '/jobs',
      headers: { 'x-counter-key': secret, 'idempotency-key': request.attemptId },
      body: { json: { prompt: request.prompt, ...request.parameters } },
      // The upstream says 409 for a prompt that it refuses; by its status alone that would be a request to mend.
      classify: ({ status }) => (status === 409 ? { kind: 'content_policy' } : undefined),
    });
    return { jobId: textIn(body, 'id'), snapshot: snapshotOf(body) };
  }

  async poll(job: JobReference, { http, secret }: ProviderContext): Promise<JobSnapshot> {
    const { status, body } = await http.json({
      method: 'GET',
      path: `/jobs/${encodeURIComponent(job.jobId)}`,
      headers: { 'x-counter-key': secret },
      accept: [404],
    });
    return status === 404 ? { ...BARE, status: 'not_found' } : snapshotOf(body);
  }

  async verify({ http, secret }: ProviderContext): Promise<Verification> {
    const headers = { 'x-counter-key': secret };
    const { body } = await http.json({ method: 'GET', path: '/account', headers });
    return { valid: true, detail: `Account ${textIn(body, 'name')}` };
  }

  async download(
    job: JobReference,
    { range, ifRange }: DownloadRequest,
    { http, secret }: ProviderContext,
  ): Promise<Download> {
    const { status, headers, body } = await http.stream({
      method: 'GET',
      path: `/jobs/${encodeURIComponent(job.jobId)}/file`,
      headers: {
        'x-counter-key': secret,
        ...(range === null ? {} : { range }),
        ...(ifRange === null ? {} : { 'if-range': ifRange }),
      },
      accept: [416],
    });
    const length = headers['content-length'];
    return {
      status,
      contentType: headers['content-type'] ?? 'application/octet-stream',
      contentLength: length === undefined ? null : Number(length),
      contentRange: headers['content-range'] ?? null,
      etag: headers['etag'] ?? null,
      lastModified: headers['last-modified'] ?? null,
      body,
    };
  }
}

const BARE = { progress: null, assets: [], error: null, pollAfterMs: null } as const;

function snapshotOf(job: JsonValue): JobSnapshot {
  const status = STATUSES.get(fieldOf(job, 'state'));
  if (status === undefined) throw unreadable('state', fieldOf(job, 'state'));
  const percent = fieldOf(job, 'percent');
  return {
    ...BARE,
    status,
    progress: typeof percent === 'number' ? Math.min(100, Math.max(0, percent)) : null,
    assets: status === 'completed' ? [{ name: 'image', contentType: 'image/svg+xml', bytes: null }] : [],
    error: status === 'failed' ? { code: 'drawing_failed', message: textIn(job, 'reason') } : null,
  };
}

function textIn(body: JsonValue, name: string): string {
  const value = fieldOf(body, name);
  if (typeof value === 'string' && value !== '') return value;
  throw unreadable(name, value);
}

function fieldOf(body: JsonValue, name: string): JsonValue | undefined {
  return typeof body === 'object' && body !== null
    ? Object.entries(body).find(([key]) => key === name)?.[1]
    : undefined;
}

/** The request was answered, but not with what the upstream promises: nobody knows what it did. */
function unreadable(name: string, got: JsonValue | undefined): ProviderError {
  return new ProviderError({ kind: 'ambiguous' }, `Counter answered with ${name} = ${JSON.stringify(got)}.`);
}

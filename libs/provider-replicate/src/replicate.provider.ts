import { isDeepStrictEqual } from 'node:util';

import type { JsonObject } from 'penstock/kernel';
import {
  classifyVerification,
  downloadFrom,
  fileUrl,
  jobSnapshot,
  PLUGIN_API_VERSION,
  ProviderError,
  ProviderPlugin,
  referenceUrl,
  typedParameters,
  verifyBy,
  type Download,
  type DownloadRequest,
  type JobReference,
  type JobSnapshot,
  type JsonAnswer,
  type LostAttempt,
  type Provider,
  type ProviderContext,
  type ProviderManifest,
  type ProviderRequest,
  type Reconciliation,
  type SubmitRequest,
  type SubmittedJob,
  type Verification,
  type WebhookEvent,
  type WebhookRequest,
} from 'penstock/plugin-api';

import { filesIn, readList, readPrediction, toSnapshot, type Prediction } from './prediction.js';
import { resolveReplicateOptions, type ReplicateOptions } from './replicate.options.js';
import { eventIn, isGenuine } from './webhook.js';

/** Most pages of 100 predictions that one call reads. */
const MAX_PAGES = 5;
/** How far the upstream's clock may be behind ours, in milliseconds. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** Replicate asks for URLs in place of data URLs above this. */
const DATA_URL_BYTES = 256 * 1024;

/** What the provider says of itself. */
export function manifestOf({ baseUrl, models }: Required<ReplicateOptions>): ProviderManifest {
  const kinds = [...new Set(models.map(({ kind }) => kind))];
  return { name: 'replicate', apiVersion: PLUGIN_API_VERSION, kinds, models, baseUrl };
}

/** Models of Replicate, by its predictions API. */
@ProviderPlugin(manifestOf(resolveReplicateOptions()))
export class ReplicateProvider implements Provider {
  protected readonly models = resolveReplicateOptions().models;

  async submit(request: SubmitRequest, context: ProviderContext): Promise<SubmittedJob> {
    const { body } = await ask(context, {
      method: 'POST',
      path: `/models/${request.model}/predictions`,
      body: { json: { input: await this.#inputOf(request), ...callbackOf(request) } },
    });
    const prediction = readPrediction(body);
    return { jobId: prediction.id, snapshot: toSnapshot(prediction, request.kind) };
  }

  async poll(job: JobReference, context: ProviderContext): Promise<JobSnapshot> {
    const prediction = await find(job, context);
    return prediction === undefined ? jobSnapshot('not_found') : toSnapshot(prediction, job.kind);
  }

  async pollMany(
    jobs: readonly JobReference[],
    context: ProviderContext,
  ): Promise<ReadonlyMap<string, JobSnapshot>> {
    const missing = new Map(jobs.map((job) => [job.jobId, job]));
    const seen = new Map<string, JobSnapshot>();
    for await (const predictions of pages(context)) {
      for (const prediction of predictions) {
        const job = missing.get(prediction.id);
        if (job === undefined) continue;
        missing.delete(prediction.id);
        seen.set(prediction.id, toSnapshot(prediction, job.kind));
      }
      if (missing.size === 0) break;
    }
    return seen;
  }

  async cancel({ jobId }: JobReference, context: ProviderContext): Promise<void> {
    await ask(context, { method: 'POST', path: `${pathOf(jobId)}/cancel`, accept: [404, 409] });
  }

  async download(job: JobReference, request: DownloadRequest, context: ProviderContext): Promise<Download> {
    const prediction = await find(job, context);
    const urls = prediction === undefined ? [] : filesIn(prediction);
    return downloadFrom(fileUrl(urls, job.kind, request.asset), request, context);
  }

  verify(context: ProviderContext): Promise<Verification> {
    const request = { method: 'GET', path: '/account', classify: classifyVerification } as const;
    return verifyBy(() => ask(context, request), 'The upstream shows the account.');
  }

  async reconcile(attempt: LostAttempt, context: ProviderContext): Promise<Reconciliation> {
    const input = await this.#inputOf(attempt);
    const matches: Prediction[] = [];
    for await (const predictions of pages(context)) {
      matches.push(...predictions.filter((prediction) => fits(prediction, attempt, input)));
      if (predictions.some((prediction) => isBefore(prediction, attempt))) break;
    }
    for (const prediction of matches.reverse()) {
      if (await attempt.isClaimed(prediction.id)) continue;
      const job = { jobId: prediction.id, snapshot: toSnapshot(prediction, attempt.kind) };
      return { outcome: 'found', job };
    }
    // Never `absent`: the request may still be on its way to the upstream.
    return { outcome: 'unknown' };
  }

  parseWebhook(request: WebhookRequest, webhookSecret: string): Promise<WebhookEvent | null> {
    return Promise.resolve(isGenuine(request, webhookSecret) ? eventIn(request.rawBody) : null);
  }

  async #inputOf({ model, prompt, parameters, inputReference }: SubmitRequest): Promise<JsonObject> {
    const { types = {}, imageField } = this.models.find(({ id }) => id === model) ?? {};
    const input = { ...typedParameters(parameters, types), prompt };
    if (inputReference === null) return input;
    const image = await referenceUrl(inputReference, { dataUrlBytes: DATA_URL_BYTES });
    return { ...input, [imageField ?? 'image']: image };
  }
}

function callbackOf({ callbackUrl }: SubmitRequest): JsonObject {
  return callbackUrl === undefined ? {} : { webhook: callbackUrl, webhook_events_filter: ['completed'] };
}

const pathOf = (jobId: string): string => `/predictions/${encodeURIComponent(jobId)}`;

function ask({ http, secret }: ProviderContext, request: ProviderRequest): Promise<JsonAnswer> {
  return http.json({ ...request, headers: { authorization: `Bearer ${secret}` } });
}

/** `undefined` when the upstream says that it does not know the job. */
async function find({ jobId }: JobReference, context: ProviderContext): Promise<Prediction | undefined> {
  const { status, body } = await ask(context, { method: 'GET', path: pathOf(jobId), accept: [404] });
  if (status !== 404) return readPrediction(body);
  if (typeof body === 'object' && body !== null) return undefined;
  throw new ProviderError({ kind: 'transient', retryAfterMs: null }, 'A 404 came that is not the API’s own.');
}

/** Pages of the account's predictions, newest first. */
async function* pages(context: ProviderContext): AsyncGenerator<readonly Prediction[]> {
  let cursor: string | undefined;
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const { body } = await ask(context, { method: 'GET', path: '/predictions', query: { cursor } });
    const page = readList(body);
    yield page.predictions;
    if (page.cursor === null || page.cursor === cursor) return;
    cursor = page.cursor;
  }
}

const isBefore = ({ created_at: at }: Prediction, { startedAt }: LostAttempt): boolean =>
  Date.parse(at ?? '') < startedAt - CLOCK_SKEW_MS;

function fits(prediction: Prediction, attempt: LostAttempt, input: JsonObject): boolean {
  const { created_at: at, model } = prediction;
  const isDated = !Number.isNaN(Date.parse(at ?? ''));
  return (
    isDated &&
    !isBefore(prediction, attempt) &&
    model === attempt.model &&
    isDeepStrictEqual(prediction.input, input)
  );
}

import type { JsonObject } from 'penstock/kernel';
import {
  classifyVerification,
  downloadFrom,
  fileUrl,
  jobSnapshot,
  PLUGIN_API_VERSION,
  ProviderPlugin,
  referenceUrl,
  typedParameters,
  verifyBy,
  type Download,
  type DownloadRequest,
  type JobReference,
  type JobSnapshot,
  type JsonAnswer,
  type Provider,
  type ProviderContext,
  type ProviderManifest,
  type ProviderRequest,
  type SubmitRequest,
  type SubmittedJob,
  type Verification,
  type WebhookEvent,
  type WebhookRequest,
} from 'penstock/plugin-api';

import { resolveFalOptions, type FalModel, type FalOptions } from './fal.options.js';
import { completed, failed, filesIn, readId, readStatus, stateOf } from './queue.js';
import { eventIn, isGenuine } from './webhook.js';

const DATA_URL_BYTES = 5_000_000;
/** Of no request that there is. */
const NOBODY = '00000000-0000-4000-8000-000000000000';

/** What the provider says of itself. */
export const manifestOf = ({ baseUrl, models }: Required<FalOptions>): ProviderManifest => ({
  name: 'fal',
  apiVersion: PLUGIN_API_VERSION,
  kinds: ['video', 'image'],
  models,
  baseUrl,
});

/** Models of fal, by its queue. */
@ProviderPlugin(manifestOf(resolveFalOptions()))
export class FalProvider implements Provider {
  constructor(private readonly options: Required<FalOptions> = resolveFalOptions()) {}

  async submit(request: SubmitRequest, context: ProviderContext): Promise<SubmittedJob> {
    const model = this.options.models.find(({ id }) => id === request.model);
    const json = await inputOf(request, model);
    const query = { fal_webhook: request.callbackUrl };
    const path = `/${request.model}`;
    const { body } = await ask(context, { method: 'POST', path, query, body: { json } });
    return { jobId: readId(body), snapshot: jobSnapshot('queued') };
  }

  async poll(job: JobReference, context: ProviderContext): Promise<JobSnapshot> {
    const path = `${pathOf(job)}/status`;
    const { status, body } = await ask(context, { method: 'GET', path, accept: [404] });
    if (status === 404 && typeof body === 'object' && body !== null) return jobSnapshot('not_found');
    const state = stateOf(readStatus(body));
    if (state !== undefined) return state;
    // A request that failed is completed, too: its result is the error.
    const result = await ask(context, { method: 'GET', path: pathOf(job), accept: [400, 422] });
    return result.status === 200 ? completed(result.body, job.kind) : failed(result.body);
  }

  async cancel(job: JobReference, context: ProviderContext): Promise<void> {
    await ask(context, { method: 'PUT', path: `${pathOf(job)}/cancel`, accept: [400, 404] });
  }

  async download(job: JobReference, request: DownloadRequest, context: ProviderContext): Promise<Download> {
    const { body } = await ask(context, { method: 'GET', path: pathOf(job) });
    return downloadFrom(fileUrl(filesIn(body), job.kind, request.asset), request, context);
  }

  parseWebhook(request: WebhookRequest, publicKey: string): Promise<WebhookEvent | null> {
    return Promise.resolve(isGenuine(request, publicKey) ? eventIn(request.rawBody) : null);
  }

  verify(context: ProviderContext): Promise<Verification> {
    const [model = ''] = this.options.models.map(({ id }) => id);
    const path = `${pathOf({ jobId: NOBODY, model })}/status`;
    const request = { method: 'GET', path, accept: [404], classify: classifyVerification } as const;
    return verifyBy(() => ask(context, request), 'The upstream lets it look at the queue.');
  }
}

/** Requests are kept by owner and app, without the rest of the model's path. */
function pathOf({ model, jobId }: Pick<JobReference, 'model' | 'jobId'>): string {
  const [owner = '', app = ''] = model.split('/');
  return `/${owner}/${app}/requests/${encodeURIComponent(jobId)}`;
}

const SHAPES: ReadonlyMap<string, JsonObject> = new Map([
  ['1280x720', { resolution: '720p', aspect_ratio: '16:9' }],
  ['720x1280', { resolution: '720p', aspect_ratio: '9:16' }],
  ['1920x1080', { resolution: '1080p', aspect_ratio: '16:9' }],
  ['1080x1920', { resolution: '1080p', aspect_ratio: '9:16' }],
]);

async function inputOf(
  { prompt, parameters, inputReference }: SubmitRequest,
  { types = {}, imageField, secondsUnit = '' }: Partial<FalModel> = {},
): Promise<JsonObject> {
  const { seconds, size = '', ...rest } = parameters;
  const image =
    inputReference === null || imageField === undefined
      ? {}
      : { [imageField]: await referenceUrl(inputReference, { dataUrlBytes: DATA_URL_BYTES }) };
  return {
    prompt,
    ...typedParameters(rest, types),
    ...(seconds === undefined ? {} : { duration: `${seconds}${secondsUnit}` }),
    ...SHAPES.get(size),
    ...image,
  };
}

function ask({ http, secret }: ProviderContext, request: ProviderRequest): Promise<JsonAnswer> {
  return http.json({ ...request, headers: { authorization: `Key ${secret}` } });
}

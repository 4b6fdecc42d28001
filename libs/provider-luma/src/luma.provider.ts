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
  type Quota,
  type SubmitRequest,
  type SubmittedJob,
  type Verification,
  type WebhookEvent,
  type WebhookRequest,
} from 'penstock/plugin-api';

import {
  eventIn,
  filesIn,
  readCredits,
  readGeneration,
  readList,
  toSnapshot,
  type LumaGeneration,
} from './generation.js';
import { resolveLumaOptions, type LumaOptions } from './luma.options.js';

const PAGE_SIZE = 100;
/** Most pages that one call reads. */
const MAX_PAGES = 3;

/** What the provider says of itself. */
export const manifestOf = ({ baseUrl, models }: Required<LumaOptions>): ProviderManifest => ({
  name: 'luma',
  apiVersion: PLUGIN_API_VERSION,
  kinds: ['video'],
  models,
  baseUrl,
  callbacks: 'unsigned',
});

/** Luma, by its Dream Machine API. */
@ProviderPlugin(manifestOf(resolveLumaOptions()))
export class LumaProvider implements Provider {
  async submit(request: SubmitRequest, context: ProviderContext): Promise<SubmittedJob> {
    const json = await bodyOf(request);
    const { body } = await ask(context, { method: 'POST', path: '/generations/video', body: { json } });
    const generation = readGeneration(body);
    return { jobId: generation.id, snapshot: toSnapshot(generation) };
  }

  async poll({ jobId }: JobReference, context: ProviderContext): Promise<JobSnapshot> {
    const generation = await find(jobId, context);
    return generation === undefined ? jobSnapshot('not_found') : toSnapshot(generation);
  }

  async pollMany(
    jobs: readonly JobReference[],
    context: ProviderContext,
  ): Promise<ReadonlyMap<string, JobSnapshot>> {
    const missing = new Set(jobs.map(({ jobId }) => jobId));
    const seen = new Map<string, JobSnapshot>();
    for (let page = 0; page < MAX_PAGES && missing.size > 0; page += 1) {
      const query = { limit: PAGE_SIZE, offset: page * PAGE_SIZE };
      const { body } = await ask(context, { method: 'GET', path: '/generations', query });
      const { generations, hasMore } = readList(body);
      for (const generation of generations) {
        if (missing.delete(generation.id)) seen.set(generation.id, toSnapshot(generation));
      }
      if (!hasMore) break;
    }
    return seen;
  }

  async download(
    { jobId, kind }: JobReference,
    request: DownloadRequest,
    context: ProviderContext,
  ): Promise<Download> {
    const generation = await find(jobId, context);
    const urls = generation === undefined ? [] : filesIn(generation);
    return downloadFrom(fileUrl(urls, kind, request.asset), request, context);
  }

  async fetchQuota(context: ProviderContext): Promise<Quota> {
    const { body } = await ask(context, { method: 'GET', path: '/credits' });
    return { remaining: readCredits(body), resetsAt: null };
  }

  /** Luma signs nothing. Callbacks come with each change of a generation, which they show whole. */
  parseWebhook({ rawBody }: WebhookRequest): Promise<WebhookEvent | null> {
    return Promise.resolve(eventIn(rawBody));
  }

  verify(context: ProviderContext): Promise<Verification> {
    const request = { method: 'GET', path: '/credits', classify: classifyVerification } as const;
    return verifyBy(() => ask(context, request), 'The upstream shows the credits.');
  }
}

const RESOLUTIONS: ReadonlyMap<string, JsonObject> = new Map([
  ['1280x720', { resolution: '720p', aspect_ratio: '16:9' }],
  ['720x1280', { resolution: '720p', aspect_ratio: '9:16' }],
  ['1920x1080', { resolution: '1080p', aspect_ratio: '16:9' }],
  ['1080x1920', { resolution: '1080p', aspect_ratio: '9:16' }],
]);

async function bodyOf(request: SubmitRequest): Promise<JsonObject> {
  const { model, prompt, parameters, inputReference, callbackUrl } = request;
  const { seconds = '5', size = '', ...rest } = parameters;
  const keyframes =
    inputReference === null
      ? {}
      : { keyframes: { frame0: { type: 'image', url: await referenceUrl(inputReference) } } };
  return {
    model,
    prompt,
    duration: `${seconds}s`,
    ...RESOLUTIONS.get(size),
    ...typedParameters(rest, { loop: 'boolean' }),
    ...keyframes,
    ...(callbackUrl === undefined ? {} : { callback_url: callbackUrl }),
  };
}

function ask({ http, secret }: ProviderContext, request: ProviderRequest): Promise<JsonAnswer> {
  return http.json({ ...request, headers: { authorization: `Bearer ${secret}` } });
}

/** `undefined` when the upstream says that it does not know the job. */
async function find(jobId: string, context: ProviderContext): Promise<LumaGeneration | undefined> {
  const path = `/generations/${encodeURIComponent(jobId)}`;
  const { status, body } = await ask(context, { method: 'GET', path, accept: [404] });
  return status === 404 && typeof body === 'object' && body !== null ? undefined : readGeneration(body);
}

import type { JsonObject } from 'penstock/kernel';
import {
  classifyVerification,
  downloadFrom,
  fileUrl,
  jobSnapshot,
  PLUGIN_API_VERSION,
  ProviderPlugin,
  toDownload,
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
} from 'penstock/plugin-api';

import { classifyFailure } from './classify-failure.js';
import { resolveGoogleVeoOptions, type GoogleVeoOptions } from './google-veo.options.js';
import { inlineImage } from './inline-image.js';
import { filesIn, readOperation, toSnapshot, type Operation } from './operation.js';

const TYPES = { durationSeconds: 'integer', seed: 'integer' } as const;

/** What the provider says of itself. */
export const manifestOf = ({ baseUrl, models }: Required<GoogleVeoOptions>): ProviderManifest => ({
  name: 'google-veo',
  apiVersion: PLUGIN_API_VERSION,
  kinds: ['video'],
  models,
  baseUrl,
});

/** Veo, by the long-running operations of the Gemini API. A job's id is the name of its operation. */
@ProviderPlugin(manifestOf(resolveGoogleVeoOptions()))
export class GoogleVeoProvider implements Provider {
  async submit(request: SubmitRequest, context: ProviderContext): Promise<SubmittedJob> {
    const json = await bodyOf(request);
    const path = `/models/${encodeURIComponent(request.model)}:predictLongRunning`;
    const { body } = await ask(context, { method: 'POST', path, body: { json } });
    const operation = readOperation(body);
    return { jobId: operation.name, snapshot: toSnapshot(operation) };
  }

  async poll({ jobId }: JobReference, context: ProviderContext): Promise<JobSnapshot> {
    const operation = await find(jobId, context);
    return operation === undefined ? jobSnapshot('not_found') : toSnapshot(operation);
  }

  /** The file is the API's own and needs the key, which goes to the API and nowhere else. */
  async download(
    { jobId, kind }: JobReference,
    request: DownloadRequest,
    context: ProviderContext,
  ): Promise<Download> {
    const operation = await find(jobId, context);
    const url = fileUrl(operation === undefined ? [] : filesIn(operation), kind, request.asset);
    const file = /\/files\/[\w-]+:download$/.exec(new URL(url).pathname)?.[0];
    if (file === undefined) return downloadFrom(url, request, context);
    const { range, ifRange } = request;
    const answer = await context.http.stream({
      method: 'GET',
      path: file,
      query: { alt: 'media' },
      accept: [416],
      classify: classifyFailure,
      headers: {
        ...keyOf(context),
        ...(range === null ? {} : { range }),
        ...(ifRange === null ? {} : { 'if-range': ifRange }),
      },
    });
    return toDownload(answer);
  }

  verify(context: ProviderContext): Promise<Verification> {
    const request = { method: 'GET', path: '/models', query: { pageSize: 1 } } as const;
    const classify: ProviderRequest['classify'] = (answer) =>
      classifyFailure(answer) ?? classifyVerification(answer);
    return verifyBy(() => ask(context, { ...request, classify }), 'The upstream lists the models.');
  }
}

const SIZES: ReadonlyMap<string, JsonObject> = new Map([
  ['1280x720', { resolution: '720p', aspectRatio: '16:9' }],
  ['720x1280', { resolution: '720p', aspectRatio: '9:16' }],
  ['1920x1080', { resolution: '1080p', aspectRatio: '16:9' }],
  ['1080x1920', { resolution: '1080p', aspectRatio: '9:16' }],
]);

const NAMES: ReadonlyMap<string, string> = new Map([
  ['seconds', 'durationSeconds'],
  ['aspect_ratio', 'aspectRatio'],
  ['negative_prompt', 'negativePrompt'],
  ['person_generation', 'personGeneration'],
]);

async function bodyOf({ prompt, parameters, inputReference }: SubmitRequest): Promise<JsonObject> {
  const { size = '', ...rest } = parameters;
  const named = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [NAMES.get(name) ?? name, value]),
  );
  const image = inputReference === null ? {} : { image: await inlineImage(inputReference) };
  return {
    instances: [{ prompt, ...image }],
    parameters: { ...SIZES.get(size), ...typedParameters(named, TYPES) },
  };
}

const keyOf = ({ secret }: ProviderContext) => ({ 'x-goog-api-key': secret });

function ask(context: ProviderContext, request: ProviderRequest): Promise<JsonAnswer> {
  return context.http.json({ classify: classifyFailure, ...request, headers: keyOf(context) });
}

/** `undefined` when the upstream says that it does not know the operation. */
async function find(jobId: string, context: ProviderContext): Promise<Operation | undefined> {
  const path = `/${jobId.split('/').map(encodeURIComponent).join('/')}`;
  const { status, body } = await ask(context, { method: 'GET', path, accept: [404] });
  return status === 404 && typeof body === 'object' && body !== null ? undefined : readOperation(body);
}

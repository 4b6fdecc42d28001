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
  type InputReference,
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

import { filesIn, readGeneration, toSnapshot, type Generation } from './generation.js';
import { resolveLumaAgentsOptions, type LumaAgentsOptions } from './luma-agents.options.js';

/** Images may have 50 MB; a body of ours shall be smaller. */
const IMAGE_BYTES = 14_000_000;
/** Of no generation that there is. */
const NOBODY = '00000000-0000-4000-8000-000000000000';
const TYPES = { loop: 'boolean', hdr: 'boolean', web_search: 'boolean' } as const;

/** What the provider says of itself. */
export const manifestOf = ({ baseUrl, models }: Required<LumaAgentsOptions>): ProviderManifest => ({
  name: 'luma-agents',
  apiVersion: PLUGIN_API_VERSION,
  kinds: ['video', 'image'],
  models,
  baseUrl,
});

/** Luma, by its Agents API. */
@ProviderPlugin(manifestOf(resolveLumaAgentsOptions()))
export class LumaAgentsProvider implements Provider {
  async submit(request: SubmitRequest, context: ProviderContext): Promise<SubmittedJob> {
    const json = await bodyOf(request);
    const { body } = await ask(context, { method: 'POST', path: '/generations', body: { json } });
    const generation = readGeneration(body);
    return { jobId: generation.id, snapshot: toSnapshot(generation, request.kind) };
  }

  async poll({ jobId, kind }: JobReference, context: ProviderContext): Promise<JobSnapshot> {
    const generation = await find(jobId, context);
    return generation === undefined ? jobSnapshot('not_found') : toSnapshot(generation, kind);
  }

  /** Each poll brings URLs that are good for another hour. */
  async download(
    { jobId, kind }: JobReference,
    request: DownloadRequest,
    context: ProviderContext,
  ): Promise<Download> {
    const generation = await find(jobId, context);
    const urls = generation === undefined ? [] : filesIn(generation, kind);
    return downloadFrom(fileUrl(urls, kind, request.asset), request, context);
  }

  /** Nothing tells of the account: a good key is told that there is no such generation. */
  verify(context: ProviderContext): Promise<Verification> {
    const request = { method: 'GET', path: pathOf(NOBODY), accept: [404] } as const;
    const classify: ProviderRequest['classify'] = (answer) =>
      classifyVerification(answer) ?? classifyFailure(answer);
    return verifyBy(
      () => ask(context, { ...request, classify }),
      'The upstream lets it look for generations.',
    );
  }
}

const SIZES: ReadonlyMap<string, readonly [resolution: string, ratio: string]> = new Map([
  ['1280x720', ['720p', '16:9']],
  ['720x1280', ['720p', '9:16']],
  ['1920x1080', ['1080p', '16:9']],
  ['1080x1920', ['1080p', '9:16']],
]);

async function bodyOf(request: SubmitRequest): Promise<JsonObject> {
  const { kind, model, prompt, inputReference } = request;
  const { seconds, resolution, aspect_ratio, ...rest } = shaped(request.parameters);
  const image = inputReference === null ? undefined : await imageOf(inputReference);
  const common = { model, prompt, type: kind, ...(aspect_ratio !== undefined && { aspect_ratio }) };
  const typed = typedParameters(rest, TYPES);
  if (kind === 'image') return { ...common, ...typed, ...(image && { image_ref: [image] }) };
  const video = {
    ...(resolution !== undefined && { resolution }),
    ...(seconds !== undefined && { duration: `${seconds}s` }),
    ...typed,
    ...(image && { start_frame: image }),
  };
  return { ...common, video };
}

/** A size is a resolution and a ratio, as far as the request does not name them itself. */
function shaped({ size = '', ...named }: SubmitRequest['parameters']): SubmitRequest['parameters'] {
  const [resolution, aspect_ratio] = SIZES.get(size) ?? [];
  return { ...(resolution && { resolution }), ...(aspect_ratio && { aspect_ratio }), ...named };
}

/** An image is its URL, or its content in base64 beside its type. */
async function imageOf(reference: InputReference): Promise<JsonObject> {
  const url = await referenceUrl(reference, { dataUrlBytes: IMAGE_BYTES });
  const [, media_type, data] = /^data:([^,]*);base64,(.*)$/.exec(url) ?? [];
  return media_type === undefined || data === undefined ? { url } : { data, media_type };
}

const pathOf = (jobId: string): string => `/generations/${encodeURIComponent(jobId)}`;

/** 403 is the API's word for an account that is suspended or turned off; an edge says it in HTML. */
const classifyFailure: NonNullable<ProviderRequest['classify']> = ({ status, body }) =>
  status === 403 && typeof body === 'object' && body !== null ? { kind: 'unauthorized' } : undefined;

function ask({ http, secret }: ProviderContext, request: ProviderRequest): Promise<JsonAnswer> {
  return http.json({
    classify: classifyFailure,
    ...request,
    headers: { authorization: `Bearer ${secret}` },
  });
}

/** `undefined` when the upstream says that it does not know the generation. */
async function find(jobId: string, context: ProviderContext): Promise<Generation | undefined> {
  const { status, body } = await ask(context, { method: 'GET', path: pathOf(jobId), accept: [404] });
  return status === 404 && typeof body === 'object' && body !== null ? undefined : readGeneration(body);
}

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
} from 'penstock/plugin-api';

import { resolveRunwayOptions, type RunwayOptions } from './runway.options.js';
import { filesIn, readId, readTask, toSnapshot, type Task } from './task.js';

const VERSION = '2024-11-06';
/** Runway takes data URLs of at most 5 MB; base64 makes four bytes of three. */
const DATA_URL_BYTES = 3_500_000;
const TYPES = { seconds: 'integer', seed: 'integer', audio: 'boolean' } as const;

/** What the provider says of itself. */
export const manifestOf = ({ baseUrl, models }: Required<RunwayOptions>): ProviderManifest => ({
  name: 'runway',
  apiVersion: PLUGIN_API_VERSION,
  kinds: ['video'],
  models,
  baseUrl,
});

/** Runway, by its tasks. */
@ProviderPlugin(manifestOf(resolveRunwayOptions()))
export class RunwayProvider implements Provider {
  async submit(request: SubmitRequest, context: ProviderContext): Promise<SubmittedJob> {
    const { inputReference } = request;
    const json = await bodyOf(request);
    const path = inputReference === null ? '/text_to_video' : '/image_to_video';
    const { body } = await ask(context, { method: 'POST', path, body: { json } });
    return { jobId: readId(body), snapshot: jobSnapshot('queued') };
  }

  async poll({ jobId }: JobReference, context: ProviderContext): Promise<JobSnapshot> {
    const task = await find(jobId, context);
    return task === undefined ? jobSnapshot('not_found') : toSnapshot(task);
  }

  async cancel({ jobId }: JobReference, context: ProviderContext): Promise<void> {
    const task = await find(jobId, context);
    // A task that has ended would be deleted, with its files.
    if (task === undefined || !UNDER_WAY.has(task.status)) return;
    await ask(context, { method: 'DELETE', path: pathOf(jobId), accept: [404] });
  }

  async download(
    { jobId, kind }: JobReference,
    request: DownloadRequest,
    context: ProviderContext,
  ): Promise<Download> {
    const task = await find(jobId, context);
    const url = fileUrl(task === undefined ? [] : filesIn(task), kind, request.asset);
    return downloadFrom(url, request, context);
  }

  verify(context: ProviderContext): Promise<Verification> {
    const request = { method: 'GET', path: '/organization', classify: classifyVerification } as const;
    return verifyBy(() => ask(context, request), 'The upstream shows the organisation.');
  }
}

const UNDER_WAY: ReadonlySet<string> = new Set(['THROTTLED', 'PENDING', 'RUNNING']);

const pathOf = (jobId: string): string => `/tasks/${encodeURIComponent(jobId)}`;

async function bodyOf({ model, prompt, parameters, inputReference }: SubmitRequest): Promise<JsonObject> {
  const { size = '1280x720', ...rest } = parameters;
  const { seconds, ...fields } = typedParameters(rest, TYPES);
  const image =
    inputReference === null
      ? {}
      : { promptImage: await referenceUrl(inputReference, { dataUrlBytes: DATA_URL_BYTES }) };
  return {
    model,
    promptText: prompt,
    ratio: size.replace('x', ':'),
    ...fields,
    duration: seconds ?? (model === 'gen4.5' ? 5 : 8),
    ...image,
  };
}

function ask({ http, secret }: ProviderContext, request: ProviderRequest): Promise<JsonAnswer> {
  return http.json({
    ...request,
    headers: { authorization: `Bearer ${secret}`, 'x-runway-version': VERSION },
  });
}

/** `undefined` when the upstream says that it does not know the job. */
async function find(jobId: string, context: ProviderContext): Promise<Task | undefined> {
  const { status, body } = await ask(context, { method: 'GET', path: pathOf(jobId), accept: [404] });
  return status === 404 && typeof body === 'object' && body !== null ? undefined : readTask(body);
}

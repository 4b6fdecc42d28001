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

import { resolveArkOptions, type ArkOptions } from './ark.options.js';
import { classifyFailure } from './classify-failure.js';
import { eventIn, filesIn, readId, readList, readTask, toSnapshot, type Task } from './task.js';

const TASKS = '/contents/generations/tasks';
const PAGE_SIZE = 100;
/** Images may have 10 MB. */
const DATA_URL_BYTES = 7_000_000;
const TYPES = {
  duration: 'integer',
  seed: 'integer',
  generate_audio: 'boolean',
  watermark: 'boolean',
} as const;

/** What the provider says of itself. */
export const manifestOf = ({ baseUrl, models }: Required<ArkOptions>): ProviderManifest => ({
  name: 'ark',
  apiVersion: PLUGIN_API_VERSION,
  kinds: ['video'],
  models,
  baseUrl,
  callbacks: 'unsigned',
});

/** Seedance, by the tasks of ModelArk. */
@ProviderPlugin(manifestOf(resolveArkOptions()))
export class ArkProvider implements Provider {
  async submit(request: SubmitRequest, context: ProviderContext): Promise<SubmittedJob> {
    const json = await bodyOf(request);
    const { body } = await ask(context, { method: 'POST', path: TASKS, body: { json } });
    return { jobId: readId(body), snapshot: jobSnapshot('queued') };
  }

  async poll({ jobId }: JobReference, context: ProviderContext): Promise<JobSnapshot> {
    const task = await find(jobId, context);
    return task === undefined ? jobSnapshot('not_found') : toSnapshot(task);
  }

  async pollMany(
    jobs: readonly JobReference[],
    context: ProviderContext,
  ): Promise<ReadonlyMap<string, JobSnapshot>> {
    const asked = new Set(jobs.map(({ jobId }) => jobId));
    const query = { page_num: 1, page_size: PAGE_SIZE };
    const { body } = await ask(context, { method: 'GET', path: TASKS, query });
    const found = readList(body).filter(({ id }) => asked.has(id));
    return new Map(found.map((task) => [task.id, toSnapshot(task)]));
  }

  async cancel({ jobId }: JobReference, context: ProviderContext): Promise<void> {
    const task = await find(jobId, context);
    if (task?.status === 'queued') {
      await ask(context, { method: 'DELETE', path: pathOf(jobId), accept: [400, 404, 409] });
    } else if (task?.status === 'running') {
      context.logger.warn('The upstream stops only tasks that wait; this one runs on there.', { jobId });
    }
    // A task that has ended would be deleted, with its record.
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

  /** Nothing is signed. Callbacks come with each change of a task, which they show whole. */
  parseWebhook({ rawBody }: WebhookRequest): Promise<WebhookEvent | null> {
    return Promise.resolve(eventIn(rawBody));
  }

  verify(context: ProviderContext): Promise<Verification> {
    const query = { page_num: 1, page_size: 1 };
    const request = { method: 'GET', path: TASKS, query, classify: classifyVerification } as const;
    return verifyBy(() => ask(context, request), 'The upstream lists the tasks of the account.');
  }
}

const pathOf = (jobId: string): string => `${TASKS}/${encodeURIComponent(jobId)}`;

const SIZES: ReadonlyMap<string, JsonObject> = new Map([
  ['1280x720', { resolution: '720p', ratio: '16:9' }],
  ['720x1280', { resolution: '720p', ratio: '9:16' }],
]);

async function bodyOf(request: SubmitRequest): Promise<JsonObject> {
  const { model, prompt, parameters, inputReference, callbackUrl } = request;
  const { seconds, size = '', ...rest } = parameters;
  const named = { ...rest, ...(seconds === undefined ? {} : { duration: seconds }) };
  const content: JsonObject[] = [{ type: 'text', text: prompt }];
  if (inputReference !== null) {
    const url = await referenceUrl(inputReference, { dataUrlBytes: DATA_URL_BYTES });
    content.push({ type: 'image_url', image_url: { url }, role: 'first_frame' });
  }
  const callback = callbackUrl === undefined ? {} : { callback_url: callbackUrl };
  return { model, content, ...SIZES.get(size), ...typedParameters(named, TYPES), ...callback };
}

function ask({ http, secret }: ProviderContext, request: ProviderRequest): Promise<JsonAnswer> {
  const headers = { authorization: `Bearer ${secret}` };
  return http.json({ classify: classifyFailure, ...request, headers });
}

/** `undefined` when the upstream says that it does not know the job. */
async function find(jobId: string, context: ProviderContext): Promise<Task | undefined> {
  const { status, body } = await ask(context, { method: 'GET', path: pathOf(jobId), accept: [404] });
  return status === 404 && typeof body === 'object' && body !== null ? undefined : readTask(body);
}

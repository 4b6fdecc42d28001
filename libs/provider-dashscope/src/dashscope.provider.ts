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

import { classifyFailure } from './classify-failure.js';
import { resolveDashScopeOptions, type DashScopeOptions } from './dashscope.options.js';
import { filesIn, readTask, toSnapshot, type Task } from './task.js';

const CREATE = '/services/aigc/video-generation/video-synthesis';
/** Images may have 10 MB; base64 makes four bytes of three. */
const DATA_URL_BYTES = 7_000_000;
const TYPES = {
  duration: 'integer',
  seed: 'integer',
  watermark: 'boolean',
  prompt_extend: 'boolean',
} as const;

/** What the provider says of itself. */
export const manifestOf = ({ baseUrl, models }: Required<DashScopeOptions>): ProviderManifest => ({
  name: 'dashscope',
  apiVersion: PLUGIN_API_VERSION,
  kinds: ['video'],
  models,
  baseUrl,
});

/** Wan, by the asynchronous tasks of DashScope. */
@ProviderPlugin(manifestOf(resolveDashScopeOptions()))
export class DashScopeProvider implements Provider {
  async submit(request: SubmitRequest, context: ProviderContext): Promise<SubmittedJob> {
    const json = await bodyOf(request);
    const headers = { 'x-dashscope-async': 'enable' };
    const { body } = await ask(context, { method: 'POST', path: CREATE, headers, body: { json } });
    const task = readTask(body);
    return { jobId: task.task_id, snapshot: toSnapshot(task) };
  }

  async poll({ jobId }: JobReference, context: ProviderContext): Promise<JobSnapshot> {
    const task = await find(jobId, context);
    return task === undefined ? jobSnapshot('not_found') : toSnapshot(task);
  }

  async cancel({ jobId }: JobReference, context: ProviderContext): Promise<void> {
    const path = `${pathOf(jobId)}/cancel`;
    const { status } = await ask(context, { method: 'POST', path, accept: [400, 404] });
    if (status === 400) {
      context.logger.warn('The upstream stops only tasks that wait; this one runs on there, or had ended.', {
        jobId,
      });
    }
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
    const query = { page_no: 1, page_size: 1 };
    const request = { method: 'GET', path: '/tasks/', query, classify: classifyVerification } as const;
    return verifyBy(() => ask(context, request), 'The upstream lists the tasks of the account.');
  }
}

const pathOf = (jobId: string): string => `/tasks/${encodeURIComponent(jobId)}`;

async function bodyOf({ model, prompt, parameters, inputReference }: SubmitRequest): Promise<JsonObject> {
  const { seconds, size, negative_prompt: negative, ...rest } = parameters;
  const named = { ...rest, ...(seconds === undefined ? {} : { duration: seconds }) };
  const is27 = model.startsWith('wan2.7');
  const image = inputReference === null ? {} : await imageOf(inputReference, is27);
  return {
    model,
    input: { prompt, ...(negative === undefined ? {} : { negative_prompt: negative }), ...image },
    parameters: { ...(size === undefined ? {} : shapeOf(size, is27)), ...typedParameters(named, TYPES) },
  };
}

async function imageOf(reference: InputReference, is27: boolean): Promise<JsonObject> {
  const url = await referenceUrl(reference, { dataUrlBytes: DATA_URL_BYTES });
  return is27 ? { media: [{ type: 'first_frame', url }] } : { img_url: url };
}

const SHAPES: ReadonlyMap<string, JsonObject> = new Map([
  ['1280x720', { resolution: '720P', ratio: '16:9' }],
  ['720x1280', { resolution: '720P', ratio: '9:16' }],
  ['1920x1080', { resolution: '1080P', ratio: '16:9' }],
  ['1080x1920', { resolution: '1080P', ratio: '9:16' }],
]);

/** Before Wan 2.7 a size is a size. */
const shapeOf = (size: string, is27: boolean): JsonObject =>
  is27 ? (SHAPES.get(size) ?? {}) : { size: size.replace('x', '*') };

function ask({ http, secret }: ProviderContext, request: ProviderRequest): Promise<JsonAnswer> {
  const headers = { ...request.headers, authorization: `Bearer ${secret}` };
  return http.json({ classify: classifyFailure, ...request, headers });
}

/** `undefined` when the upstream says that it does not know the job. */
async function find(jobId: string, context: ProviderContext): Promise<Task | undefined> {
  const { status, body } = await ask(context, { method: 'GET', path: pathOf(jobId), accept: [404] });
  return status === 404 && typeof body === 'object' && body !== null ? undefined : readTask(body);
}

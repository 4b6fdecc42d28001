import { Inject } from '@nestjs/common';
import { Clock, type JsonObject } from 'penstock/kernel';
import {
  classifyVerification,
  downloadFrom,
  fileUrl,
  jobSnapshot,
  PLUGIN_API_VERSION,
  ProviderPlugin,
  referenceUrl,
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

import { bearerOf } from './bearer-of.js';
import { classifyFailure } from './classify-failure.js';
import { resolveKlingOptions, type KlingOptions } from './kling.options.js';
import { eventIn, filesIn, readTask, toSnapshot, type Task } from './task.js';

/** Images may have 10 MB. */
const IMAGE_BYTES = 10_000_000;

/** What the provider says of itself. */
export const manifestOf = ({ baseUrl, models }: Required<KlingOptions>): ProviderManifest => ({
  name: 'kling',
  apiVersion: PLUGIN_API_VERSION,
  kinds: ['video'],
  models,
  baseUrl,
  callbacks: 'unsigned',
});

/** Kling. A job's id is that of the task behind the endpoint that made it, such as `text2video/1`. */
@ProviderPlugin(manifestOf(resolveKlingOptions()))
export class KlingProvider implements Provider {
  constructor(@Inject(Clock) private readonly clock: Pick<Clock, 'now'>) {}

  async submit(request: SubmitRequest, context: ProviderContext): Promise<SubmittedJob> {
    const endpoint = endpointOf(request);
    const json = await bodyOf(request);
    const path = `/videos/${endpoint}`;
    const { body } = await this.#ask(context, { method: 'POST', path, body: { json } });
    return toJob(endpoint, readTask(body));
  }

  async poll({ jobId }: JobReference, context: ProviderContext): Promise<JobSnapshot> {
    const task = await this.#find(jobId, context);
    return task === undefined ? jobSnapshot('not_found') : toSnapshot(task);
  }

  async download(
    { jobId, kind }: JobReference,
    request: DownloadRequest,
    context: ProviderContext,
  ): Promise<Download> {
    const task = await this.#find(jobId, context);
    const url = fileUrl(task === undefined ? [] : filesIn(task), kind, request.asset);
    return downloadFrom(url, request, context);
  }

  verify(context: ProviderContext): Promise<Verification> {
    const query = { pageNum: 1, pageSize: 1 };
    const request = { method: 'GET', path: '/videos/text2video', query } as const;
    return verifyBy(
      () => this.#ask(context, { ...request, classify: classifyVerification }),
      'The upstream lists the tasks of the account.',
    );
  }

  /** Nothing is signed. Callbacks come with each change of a task; the URL says which endpoint made it. */
  parseWebhook({ query, rawBody }: WebhookRequest): Promise<WebhookEvent | null> {
    return Promise.resolve(eventIn(rawBody, query?.['endpoint'] ?? ''));
  }

  /** The attempt's id went along as `external_task_id`, by which the upstream finds the task. */
  async reconcile(attempt: LostAttempt, context: ProviderContext): Promise<Reconciliation> {
    const endpoint = endpointOf(attempt);
    const task = await this.#find(`${endpoint}/${attempt.attemptId}`, context);
    if (task === undefined) return { outcome: 'unknown' };
    const job = toJob(endpoint, task);
    return (await attempt.isClaimed(job.jobId)) ? { outcome: 'unknown' } : { outcome: 'found', job };
  }

  #ask({ http, secret }: ProviderContext, request: ProviderRequest): Promise<JsonAnswer> {
    const now = this.clock.now();
    return http.json({
      ...request,
      headers: { authorization: `Bearer ${bearerOf(secret, now)}` },
      classify: (answer) => request.classify?.(answer) ?? classifyFailure(answer, now),
    });
  }

  /** `undefined` when the upstream says that it does not know the task. */
  async #find(jobId: string, context: ProviderContext): Promise<Task | undefined> {
    const path = `/videos/${jobId.split('/').map(encodeURIComponent).join('/')}`;
    const { status, body } = await this.#ask(context, { method: 'GET', path, accept: [404] });
    return status === 404 && typeof body === 'object' && body !== null ? undefined : readTask(body);
  }
}

const endpointOf = ({ inputReference }: SubmitRequest): string =>
  inputReference === null ? 'text2video' : 'image2video';

const toJob = (endpoint: string, task: Task): SubmittedJob => ({
  jobId: `${endpoint}/${task.task_id}`,
  snapshot: toSnapshot(task),
});

async function bodyOf(request: SubmitRequest): Promise<JsonObject> {
  const { model, prompt, parameters, inputReference, attemptId, callbackUrl } = request;
  const { seconds, watermark, ...rest } = parameters;
  return {
    model_name: model,
    prompt,
    external_task_id: attemptId,
    ...rest,
    ...(seconds === undefined ? {} : { duration: seconds }),
    ...(watermark === undefined ? {} : { watermark_info: { enabled: watermark === 'true' } }),
    ...(inputReference === null ? {} : { image: await imageOf(inputReference) }),
    ...(callbackUrl === undefined ? {} : { callback_url: `${callbackUrl}?endpoint=${endpointOf(request)}` }),
  };
}

/** Kling takes the bare base64 of a file, without what a data URL has before it. */
async function imageOf(reference: NonNullable<SubmitRequest['inputReference']>): Promise<string> {
  return (await referenceUrl(reference, { dataUrlBytes: IMAGE_BYTES })).replace(/^data:[^,]*;base64,/, '');
}

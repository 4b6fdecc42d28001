import {
  classifyOpenAiFailure,
  classifyVerification,
  PLUGIN_API_VERSION,
  ProviderError,
  ProviderPlugin,
  toDownload,
  type Download,
  type DownloadRequest,
  type JobReference,
  type JobSnapshot,
  type LostAttempt,
  type Provider,
  type ProviderContext,
  type ProviderManifest,
  type ProviderRequest,
  type Reconciliation,
  type SubmitRequest,
  type SubmittedJob,
  type Verification,
} from 'penstock/plugin-api';

import { fits, isBefore } from './lost-attempt.js';
import { OpenAiVideosApi, videoPath, type VideoAnswer } from './openai-videos-api.js';
import { resolveOpenAiVideosOptions, type ResolvedOpenAiVideosOptions } from './openai-videos.options.js';
import { submitBody } from './submit-body.js';
import { NOT_FOUND, toSnapshot } from './to-snapshot.js';
import type { Video } from './video.js';

/** Most pages of 100 videos that one call reads. */
const MAX_PAGES = 5;

/** What the provider says of itself. */
export function manifestOf({ baseUrl, models }: ResolvedOpenAiVideosOptions): ProviderManifest {
  return { name: 'openai-videos', apiVersion: PLUGIN_API_VERSION, kinds: ['video'], models, baseUrl };
}

/** Any upstream that speaks the OpenAI Videos API. */
@ProviderPlugin(manifestOf(resolveOpenAiVideosOptions()))
export class OpenAiVideosProvider implements Provider {
  protected readonly models = resolveOpenAiVideosOptions().models;

  async submit(request: SubmitRequest, context: ProviderContext): Promise<SubmittedJob> {
    const body = await submitBody(request);
    const headers = { 'idempotency-key': request.attemptId };
    const answer = await new OpenAiVideosApi(context).create({
      method: 'POST',
      path: '/videos',
      headers,
      body,
    });
    return toJob(answer, context);
  }

  async remix(source: JobReference, request: SubmitRequest, context: ProviderContext): Promise<SubmittedJob> {
    const answer = await new OpenAiVideosApi(context).create({
      method: 'POST',
      path: `${videoPath(source.jobId)}/remix`,
      headers: { 'idempotency-key': request.attemptId },
      body: { json: { prompt: request.prompt } },
    });
    return toJob(answer, context);
  }

  async poll({ jobId }: JobReference, context: ProviderContext): Promise<JobSnapshot> {
    const answer = await new OpenAiVideosApi(context).find(jobId);
    return answer === undefined ? NOT_FOUND : toSnapshot(answer.video, context.logger, answer.headers);
  }

  async pollMany(
    jobs: readonly JobReference[],
    context: ProviderContext,
  ): Promise<ReadonlyMap<string, JobSnapshot>> {
    const missing = new Set(jobs.map(({ jobId }) => jobId));
    const seen = new Map<string, JobSnapshot>();
    for await (const videos of new OpenAiVideosApi(context).pages(MAX_PAGES)) {
      for (const video of videos) {
        if (missing.delete(video.id)) seen.set(video.id, toSnapshot(video, context.logger));
      }
      if (missing.size === 0) break;
    }
    return seen;
  }

  async cancel({ jobId }: JobReference, context: ProviderContext): Promise<void> {
    const { status } = await new OpenAiVideosApi(context).json({
      method: 'POST',
      path: `${videoPath(jobId)}/cancel`,
      accept: [404, 405, 409],
    });
    if (status === 409) context.logger.debug('The job had ended before it could be cancelled.', { jobId });
    if (status === 404 || status === 405) {
      context.logger.warn('The upstream cannot cancel this job, which may run on there.', { jobId, status });
    }
  }

  async download(
    { jobId }: JobReference,
    { asset, range, ifRange }: DownloadRequest,
    context: ProviderContext,
  ): Promise<Download> {
    const answer = await new OpenAiVideosApi(context).stream({
      method: 'GET',
      path: `${videoPath(jobId)}/content`,
      query: { variant: asset },
      headers: {
        ...(range === null ? {} : { range }),
        ...(ifRange === null ? {} : { 'if-range': ifRange }),
      },
      accept: [416],
    });
    return toDownload(answer);
  }

  async verify(context: ProviderContext): Promise<Verification> {
    try {
      const classify: ProviderRequest['classify'] = (answer) =>
        classifyVerification(answer) ?? classifyOpenAiFailure(answer);
      const request = { method: 'GET', path: '/models', classify } as const;
      await new OpenAiVideosApi(context).json(request);
      return { valid: true, detail: 'The upstream lists its models.' };
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== 'unauthorized') throw error;
      return { valid: false, detail: error.message };
    }
  }

  async reconcile(attempt: LostAttempt, context: ProviderContext): Promise<Reconciliation> {
    const model = this.models.find(({ id }) => id === attempt.model);
    const matches: Video[] = [];
    for await (const videos of new OpenAiVideosApi(context).pages(MAX_PAGES)) {
      matches.push(...videos.filter((video) => fits(video, attempt, model)));
      if (videos.some((video) => isBefore(video, attempt))) break;
    }
    for (const video of matches.reverse()) {
      if (await attempt.isClaimed(video.id)) continue;
      return { outcome: 'found', job: toJob({ video, headers: {} }, context) };
    }
    // Never `absent`: the request may still be on its way to the upstream.
    return { outcome: 'unknown' };
  }
}

const toJob = ({ video, headers }: VideoAnswer, { logger }: ProviderContext): SubmittedJob => ({
  jobId: video.id,
  snapshot: toSnapshot(video, logger, headers),
});

import {
  classifyOpenAiFailure,
  ProviderError,
  type JsonAnswer,
  type ProviderContext,
  type ProviderRequest,
  type StreamAnswer,
} from 'penstock/plugin-api';

import { readPage, readVideo, type Video, type VideoPage } from './video.js';

const PAGE_SIZE = 100;

/** A video, with the headers that came with it. */
export interface VideoAnswer {
  readonly video: Video;
  readonly headers: Readonly<Record<string, string>>;
}

/** The calls of the OpenAI Videos API, with the credential of one context. */
export class OpenAiVideosApi {
  constructor(private readonly context: ProviderContext) {}

  json(request: ProviderRequest): Promise<JsonAnswer> {
    return this.context.http.json(this.#authorized(request));
  }

  stream(request: ProviderRequest): Promise<StreamAnswer> {
    return this.context.http.stream(this.#authorized(request));
  }

  /** Creates a video. An answer without an id is ambiguous: something may have been created. */
  async create(request: ProviderRequest): Promise<VideoAnswer> {
    const { body, headers } = await this.json(request);
    const video = readVideo(body);
    if (video !== undefined) return { video, headers };
    throw new ProviderError(
      { kind: 'ambiguous' },
      `${request.method} ${request.path} answered without a video id.`,
    );
  }

  /** The video, or `undefined` when the upstream says that it does not know it. */
  async find(jobId: string): Promise<VideoAnswer | undefined> {
    const path = videoPath(jobId);
    const { status, body, headers } = await this.json({ method: 'GET', path, accept: [404] });
    // A 404 in HTML is some proxy's word, not the application's.
    if (status === 404 && typeof body === 'object' && body !== null) return undefined;
    const video = status === 404 ? undefined : readVideo(body);
    if (video !== undefined) return { video, headers };
    throw unreadable(`GET ${path} answered ${status} without a video.`);
  }

  /** Pages of the list, newest videos first, at most `maxPages` of them. */
  async *pages(maxPages: number): AsyncGenerator<readonly Video[]> {
    let after: string | undefined;
    for (let count = 0; count < maxPages; count += 1) {
      const page = await this.#page(after);
      if (page === undefined) return;
      yield page.videos;
      if (page.next === null || page.next === after) return;
      after = page.next;
    }
  }

  /** `undefined` when the video that the page begins after is gone. */
  async #page(after: string | undefined): Promise<VideoPage | undefined> {
    const query = { limit: PAGE_SIZE, order: 'desc', after };
    const accept = after === undefined ? [] : [404];
    const { status, body } = await this.json({ method: 'GET', path: '/videos', query, accept });
    if (status === 404) return undefined;
    const page = readPage(body);
    if (page === undefined) throw unreadable('GET /videos answered without a list.');
    return page;
  }

  #authorized(request: ProviderRequest): ProviderRequest {
    const headers = { ...request.headers, authorization: `Bearer ${this.context.secret}` };
    return { classify: classifyOpenAiFailure, ...request, headers };
  }
}

/** The path of a video. */
export const videoPath = (jobId: string): string => `/videos/${encodeURIComponent(jobId)}`;

const unreadable = (message: string): ProviderError =>
  new ProviderError({ kind: 'transient', retryAfterMs: null }, message);

import { Injectable } from '@nestjs/common';
import { GuardedClient } from 'penstock/upstream';

/** A message to a URL that a client gave. */
export interface OutgoingPost {
  readonly url: string;
  readonly body: string;
  /** Names in any case. @defaultValue `content-type: application/json` alone */
  readonly headers?: Readonly<Record<string, string>>;
  /** For everything, in milliseconds. @defaultValue 10000 */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What was answered. */
export interface PostAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The first 2,000 bytes of the body. */
  readonly excerpt: string;
}

const TIMEOUT_MS = 10_000;
const EXCERPT_BYTES = 2_000;
/** Nobody needs more of an answer; what is announced as longer is an error. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Posts messages to URLs that clients gave, such as webhooks. Each URL is guarded, and no redirect is followed. */
@Injectable()
export class OutgoingPosts {
  constructor(private readonly client: GuardedClient) {}

  /**
   * Sends once. Any status is an answer.
   *
   * @throws UpstreamError when there is none; its `sent` tells whether the message may have arrived
   */
  async post({ headers = {}, timeoutMs = TIMEOUT_MS, ...message }: OutgoingPost): Promise<PostAnswer> {
    const answer = await this.client.request({
      ...message,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      timeoutMs,
      maxBytes: MAX_ANSWER_BYTES,
    });
    return {
      status: answer.status,
      headers: answer.headers,
      excerpt: await answer.excerpt(EXCERPT_BYTES),
    };
  }
}

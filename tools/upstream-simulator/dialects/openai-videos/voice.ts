import { Refusal, type RefusalKind } from '../../core/refusal.js';
import { jsonAnswer, type Answer } from '../../http/answer.js';
import type { Voice } from '../../http/voice.js';

interface Wording {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
}

const WORDINGS: Readonly<Record<RefusalKind, Wording>> = {
  unauthorized: { status: 401, type: 'invalid_request_error', code: 'invalid_api_key' },
  'rate-limited': { status: 429, type: 'requests', code: 'rate_limit_exceeded' },
  'quota-exhausted': { status: 429, type: 'insufficient_quota', code: 'insufficient_quota' },
  'not-found': { status: 404, type: 'invalid_request_error', code: 'not_found' },
  'invalid-request': { status: 400, type: 'invalid_request_error', code: null },
  conflict: { status: 409, type: 'invalid_request_error', code: null },
};

interface ErrorBody {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** An error as OpenAI words it. */
export function errorAnswer(status: number, error: ErrorBody): Answer {
  return jsonAnswer(status, { error });
}

/** `{ error: { message, type, param, code } }`, with `Retry-After` where the caller should wait. */
export const openaiVoice: Voice = {
  refusal({ kind, message, details }: Refusal): Answer {
    const { status, type, code } = WORDINGS[kind];
    const { param = null, retryAfter } = details;
    const answer = errorAnswer(status, { message, type, param, code: details.code ?? code });
    if (retryAfter === undefined) return answer;
    return { ...answer, retryAfter, headers: { ...answer.headers, 'retry-after': retryAfter.header } };
  },

  serverError(status: number): Answer {
    const message = 'The server had an error while processing your request.';
    return errorAnswer(status, { message, type: 'server_error', param: null, code: null });
  },
};

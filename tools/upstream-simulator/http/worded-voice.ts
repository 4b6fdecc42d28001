import type { Refusal, RefusalKind } from '../core/refusal.js';
import { jsonAnswer, type Answer } from './answer.js';
import type { Voice } from './voice.js';

/** What an error says. */
export interface Wording {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** How an API words its refusals. */
export interface Words {
  /** Status and code of each kind. */
  readonly refusals: Readonly<Record<RefusalKind, readonly [status: number, code: string]>>;
  /** The code of a failure of its own. */
  readonly failure: string;
  readonly body: (wording: Wording) => unknown;
}

/** A voice with these words and, where the caller should wait, `Retry-After`. */
export function wordedVoice({ refusals, failure, body }: Words): Voice {
  const say = (wording: Wording): Answer => jsonAnswer(wording.status, body(wording));
  return {
    refusal({ kind, message, details: { retryAfter } }: Refusal): Answer {
      const [status, code] = refusals[kind];
      const answer = say({ status, code, message });
      if (retryAfter === undefined) return answer;
      return { ...answer, retryAfter, headers: { ...answer.headers, 'retry-after': retryAfter.header } };
    },
    serverError: (status) => say({ status, code: failure, message: 'Something went wrong on our side.' }),
  };
}

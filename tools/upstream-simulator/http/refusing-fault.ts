import { assertNever } from 'penstock/kernel';

import type { Fault, FaultOf, RefusingFault } from '../core/fault.js';
import type { Occurrence } from '../core/fault-rules.js';
import { Refusal, retryAfterDate, retryAfterSeconds, type RetryAfter } from '../core/refusal.js';
import type { Answer } from './answer.js';
import { EDGE_ANSWERS } from './edge-challenge.js';
import type { Voice } from './voice.js';

const REFUSING: readonly string[] = [
  'rate-limited',
  'server-error',
  'unauthorized',
  'not-found',
  'quota-exhausted',
  'edge-challenge',
] satisfies RefusingFault['type'][];

/** Whether the fault answers the call in place of the upstream. */
export const isRefusing = (fault: Fault): fault is RefusingFault => REFUSING.includes(fault.type);

/** How the upstream says what `fault` makes it say. */
export function answerOfFault(
  voice: Voice,
  fault: RefusingFault,
  scope: Occurrence['scope'],
  now: number,
): Answer {
  switch (fault.type) {
    case 'rate-limited': {
      const retryAfter = retryAfterOf(fault, scope, now);
      return voice.refusal(
        new Refusal('rate-limited', 'Rate limit reached. Slow down.', retryAfter && { retryAfter }),
      );
    }
    case 'server-error':
      return fault.json ? voice.serverError(fault.status) : gatewayError(fault.status);
    case 'unauthorized':
      return voice.refusal(new Refusal('unauthorized', 'Incorrect API key provided.'));
    case 'not-found':
      return voice.refusal(new Refusal('not-found', 'The requested resource does not exist.'));
    case 'quota-exhausted':
      return voice.refusal(new Refusal('quota-exhausted', 'You exceeded your current quota.'));
    case 'edge-challenge':
      return EDGE_ANSWERS[fault.form];
    default:
      return assertNever(fault);
  }
}

function retryAfterOf(
  fault: FaultOf<'rate-limited'>,
  scope: RetryAfter['scope'],
  now: number,
): RetryAfter | undefined {
  if (fault.retryAfterDate !== undefined) return retryAfterDate(Date.parse(fault.retryAfterDate), scope);
  if (fault.retryAfterSeconds !== undefined) return retryAfterSeconds(fault.retryAfterSeconds, now, scope);
  return undefined;
}

function gatewayError(status: number): Answer {
  const body = `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center></body></html>\n`;
  return { status, headers: { 'content-type': 'text/html' }, body };
}

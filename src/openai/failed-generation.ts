import { CodedError, type ErrorCategory } from 'penstock/kernel';

import type { Generation } from '../generations/generation.entity.js';

/** Those that are not the upstream's fault. */
const CATEGORIES: Readonly<Record<string, ErrorCategory>> = {
  content_policy: 'invalid_input',
  invalid_request: 'invalid_input',
  queue_timeout: 'unavailable',
  upstream_unavailable: 'unavailable',
  deadline_exceeded: 'timeout',
};

/** What a client is told that waited for a generation which did not complete. The code is that of the generation. */
export function failureOf({ id, status, errorCode, errorMessage }: Generation): CodedError {
  if (status === 'cancelled') return new CodedError('cancelled', 'conflict', `${id} was cancelled.`);
  const code = errorCode ?? 'generation_failed';
  const message = errorMessage === null || errorMessage === '' ? 'The generation failed.' : errorMessage;
  return new CodedError(code, CATEGORIES[code] ?? 'upstream', `${id}: ${message}`);
}

import type { Credential } from './credential.js';
import type { FaultOf, JobFault } from './fault.js';
import { failureOf, type JobError } from './job-error.js';

/** Somebody whose credential was admitted, and the fault that their call has to suffer. */
export interface Caller {
  readonly credential: Credential;
  readonly fault: JobFault | undefined;
  readonly idempotencyKey: string | undefined;
}

/** What a job dies of that suffers `fault`. */
export function errorOf(fault: FaultOf<'fail-job'>): JobError {
  return { code: fault.code, message: fault.message ?? failureOf(fault.code).message };
}

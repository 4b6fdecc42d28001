/** Why a job failed. */
export interface JobError {
  readonly code: string;
  readonly message: string;
}

const MESSAGES: Readonly<Record<string, string>> = {
  generation_failed: 'The video could not be generated.',
  content_policy_violation: 'The request was rejected by the content policy.',
  cancelled: 'The job was cancelled.',
};

/** The error for `code`, in words where the code is known. */
export function failureOf(code: string): JobError {
  return { code, message: MESSAGES[code] ?? `The job failed: ${code}.` };
}

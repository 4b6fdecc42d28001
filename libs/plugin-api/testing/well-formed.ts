import { expect } from 'vitest';

import { type JobSnapshot, ProviderError, type SubmittedJob } from 'penstock/plugin-api';

import { SECRETS } from './provider-contract.js';
import type { TestContext } from './test-context.js';

const STATUSES = ['queued', 'in_progress', 'completed', 'failed', 'cancelled', 'not_found'];

/** Statuses after which a job changes no more. */
export const FINAL: ReadonlySet<JobSnapshot['status']> = new Set([
  'completed',
  'failed',
  'cancelled',
  'not_found',
]);

/** How to wait for what happens at once, on a machine that may be busy. */
export const SOON = { interval: 2, timeout: 10_000 } as const;

/** Asserts that a snapshot keeps the promises of its type. */
export function expectSnapshot(snapshot: JobSnapshot): void {
  expect(STATUSES).toContain(snapshot.status);
  if (snapshot.progress !== null) {
    expect(snapshot.progress).toBeGreaterThanOrEqual(0);
    expect(snapshot.progress).toBeLessThanOrEqual(100);
  }
  if (snapshot.pollAfterMs !== null) expect(snapshot.pollAfterMs).toBeGreaterThanOrEqual(0);
  if (snapshot.completedAt != null) expect(snapshot.completedAt).toBeGreaterThan(0);
  if (snapshot.status !== 'completed') expect(snapshot.assets).toEqual([]);
  for (const { name, contentType } of snapshot.assets) {
    expect(name).toEqual(expect.stringMatching(/./));
    expect(contentType).toMatch(/^[^/]+\/[^/]+$/);
  }
  if (snapshot.status !== 'failed') expect(snapshot.error).toBeNull();
  else if (snapshot.error !== null) {
    expect(typeof snapshot.error.code).toBe('string');
    expect(typeof snapshot.error.message).toBe('string');
  }
}

/** Asserts that an accepted job keeps the promises of its type. */
export function expectSubmitted(job: SubmittedJob): void {
  expect(typeof job.jobId).toBe('string');
  expect(job.jobId.length).toBeGreaterThanOrEqual(1);
  expect(job.jobId.length).toBeLessThanOrEqual(512);
  expectSnapshot(job.snapshot);
  if (job.content === undefined) return;
  expect(job.snapshot.status).toBe('completed');
  expect(job.content.length).toBeGreaterThanOrEqual(1);
  expect(job.content.map(({ byteLength }) => byteLength)).not.toContain(0);
  expect(job.snapshot.assets).toHaveLength(job.content.length);
}

/** The {@link ProviderError} that `attempt` ends with. Fails when it resolves or throws anything else. */
export async function failureOf(attempt: Promise<unknown>): Promise<ProviderError> {
  const outcome = await attempt.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in outcome)) {
    return expect.fail(
      `A ProviderError was expected; the call resolved with ${JSON.stringify(outcome.value)}.`,
    );
  }
  if (outcome.error instanceof ProviderError) return outcome.error;
  return expect.fail(`A ProviderError was expected; the call threw ${String(outcome.error)}.`);
}

/** Asserts that no secret is in what the provider logged, threw or returned. */
export function expectNoSecret(context: TestContext, ...told: readonly unknown[]): void {
  const text = [...context.logs, ...told].map(everythingOf).join('\n');
  for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
}

/** All the text that a logger could get out of a value, causes included. */
function everythingOf(value: unknown): string {
  if (!(value instanceof Error)) return JSON.stringify([value]);
  return [value.message, value.stack ?? '', JSON.stringify(value), everythingOf(value.cause)].join('\n');
}

import { describe, expect, it } from 'vitest';

import { contextOn, jobOf, requestOf } from '../calls.js';
import type { ProviderContract } from '../provider-contract.js';
import type { Reply } from '../reply.js';
import { expectNoSecret, expectSnapshot, expectSubmitted, failureOf } from '../well-formed.js';
import type { SuiteParts } from './suite-parts.js';

/** The required methods, from the submitted job to each of its ends. */
export function describeJobs({ contract, upstream }: SuiteParts): void {
  const { submit, poll, verify } = contract;

  describe('submit', () => {
    it('gives the id and the state of the accepted job', async () => {
      upstream().script(submit);
      const job = await contract.create().submit(requestOf(contract), contextOn(upstream().base));
      expectSubmitted(job);
      expect(job.jobId).toBe(contract.jobId);
      expect(upstream().received(submit.route)).toHaveLength(1);
      expect(job.content !== undefined, 'files are given where there is nothing to poll').toBe(
        poll === undefined,
      );
    });
  });

  if (poll === undefined) describeNoPolling({ contract, upstream });
  else describePolling({ contract, upstream }, poll);

  describe('verify', () => {
    it('accepts a good credential', async () => {
      upstream().script(verify);
      const context = contextOn(upstream().base);
      const verification = await contract.create().verify(context);
      expect(verification.valid).toBe(true);
      expectNoSecret(context, verification);
    });

    it('refuses a bad one, by its answer or an unauthorized failure', async () => {
      upstream().script({ ...verify, answer: contract.failures?.unauthorized ?? { status: 401, json: {} } });
      const attempt = contract.create().verify(contextOn(upstream().base));
      const valid = await attempt.then((verification) => verification.valid).catch(() => undefined);
      if (valid === undefined) expect((await failureOf(attempt)).code).toBe('unauthorized');
      else expect(valid).toBe(false);
    });
  });
}

function describeNoPolling({ contract, upstream }: SuiteParts): void {
  it('knows no job that it is asked for, and asks nobody', async () => {
    const snapshot = await contract.create().poll(jobOf(contract), contextOn(upstream().base));
    expectSnapshot(snapshot);
    expect(snapshot.status).toBe('not_found');
    expect(upstream().requests).toEqual([]);
  });
}

function describePolling(
  { contract, upstream }: SuiteParts,
  poll: NonNullable<ProviderContract['poll']>,
): void {
  const pollAnswering = async (answer: Reply) => {
    const { route, also } = poll;
    upstream().script({ route, answer, also });
    const snapshot = await contract.create().poll(jobOf(contract), contextOn(upstream().base));
    expectSnapshot(snapshot);
    return snapshot;
  };

  describe('poll', () => {
    it('reads a job that runs', async () => {
      const { status, progress } = await pollAnswering(poll.inProgress.answer);
      expect({ status, progress }).toEqual({ status: 'in_progress', progress: poll.inProgress.progress });
    });

    it('reads a completed job and what it offers', async () => {
      const { status, assets } = await pollAnswering(poll.completed.answer);
      expect({ status, assets: assets.map(({ name }) => name) }).toEqual({
        status: 'completed',
        assets: poll.completed.assets,
      });
    });

    it('reads why a job failed', async () => {
      const { status, error } = await pollAnswering(poll.failed.answer);
      const { code, message } = poll.failed;
      expect({ status, error }).toEqual({ status: 'failed', error: { code, message } });
    });

    it('reads that the upstream does not know the job', async () => {
      const unknown = poll.notFound ?? { status: 404, json: { error: { message: 'No such job.' } } };
      expect((await pollAnswering(unknown)).status).toBe('not_found');
    });

    const { queued, cancelled } = poll;
    if (queued !== undefined) {
      it('reads a job that waits', async () => {
        expect((await pollAnswering(queued)).status).toBe('queued');
      });
    }
    if (cancelled !== undefined) {
      it('reads a job that was cancelled', async () => {
        expect((await pollAnswering(cancelled)).status).toBe('cancelled');
      });
    }
  });
}

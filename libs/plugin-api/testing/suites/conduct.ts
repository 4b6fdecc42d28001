import { Readable } from 'node:stream';

import { describe, expect, it, vi } from 'vitest';

import type { Provider } from 'penstock/plugin-api';

import { callsOf, contextOn, jobOf, requestOf } from '../calls.js';
import { SECRETS } from '../provider-contract.js';
import type { Reply } from '../reply.js';
import { createTestContext } from '../test-context.js';
import { expectNoSecret, SOON } from '../well-formed.js';
import type { SuiteParts } from './suite-parts.js';

/** How a provider behaves whatever is asked of it: no state, no leaks, and it stops when told to. */
export function describeConduct(parts: SuiteParts): void {
  describe.each(callsOf(parts.contract))('$name', (call) => {
    const { contract, upstream } = parts;

    it('stops at once when its signal aborts', async () => {
      upstream().script({ ...call, answer: { fault: 'hang' } });
      const abort = new AbortController();
      const attempt = call.run(contract.create(), contextOn(upstream().base, abort.signal));
      await vi.waitUntil(() => upstream().hanging === 1, SOON);
      abort.abort();
      await expect(attempt).rejects.toThrow();
      await vi.waitUntil(() => upstream().hanging === 0, SOON);
    });

    it('sends nothing when its signal had aborted before', async () => {
      upstream().script(call);
      const attempt = call.run(contract.create(), contextOn(upstream().base, AbortSignal.abort()));
      await expect(attempt).rejects.toThrow();
      expect(upstream().requests).toEqual([]);
    });

    it('uses the credential of each call, and repeats none', async () => {
      upstream().script(call);
      const provider = contract.create();
      for (const secret of [SECRETS.first, SECRETS.second]) {
        const refreshSecret = `${secret}-refresh`;
        discard(
          await call.run(provider, createTestContext({ baseUrl: upstream().base, secret, refreshSecret })),
        );
      }
      const [first, second] = upstream().received(call.route);
      expect(first, 'the first and the second call look alike').not.toEqual(second);
      expect(`${JSON.stringify(second?.headers)}${second?.text ?? ''}`).not.toContain(SECRETS.first);
    });

    it('logs no secret when all goes well', async () => {
      upstream().script(call);
      const context = contextOn(upstream().base);
      discard(await call.run(contract.create(), context));
      expectNoSecret(context);
    });
  });
  describeStatelessness(parts);
}

function describeStatelessness({ contract, upstream }: SuiteParts): void {
  const { poll } = contract;
  if (poll === undefined) return;
  const read = (provider: Provider, answer: Reply) => {
    upstream().script({ ...poll, answer });
    return provider.poll(jobOf(contract), contextOn(upstream().base));
  };

  describe('holds no state', () => {
    it('a new instance reads a job as the one that submitted it', async () => {
      const provider = contract.create();
      upstream().script(contract.submit);
      await provider.submit(requestOf(contract), contextOn(upstream().base));
      upstream().reset();
      const known = await read(provider, poll.inProgress.answer);
      expect(await read(contract.create(), poll.inProgress.answer)).toEqual(known);
    });

    it('a job is read anew each time', async () => {
      const provider = contract.create();
      const { completed, inProgress } = poll;
      const answers = [inProgress.answer, completed.answer, inProgress.answer];
      const statuses: string[] = [];
      for (const answer of answers) statuses.push((await read(provider, answer)).status);
      expect(statuses).toEqual(['in_progress', 'completed', 'in_progress']);
    });
  });
}

/** Ends the body of a download that nobody reads. */
function discard(result: unknown): void {
  if (typeof result === 'object' && result !== null && 'body' in result && result.body instanceof Readable) {
    result.body.destroy();
  }
}

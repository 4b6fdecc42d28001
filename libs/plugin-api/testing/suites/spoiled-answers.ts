import { describe, expect, it } from 'vitest';

import { type JobSnapshot, ProviderError, type Reconciliation, type SubmittedJob } from 'penstock/plugin-api';

import { type Call, callsOf, contextOn } from '../calls.js';
import { unknownWordsIn } from '../mutations.js';
import type { Reply } from '../reply.js';
import { expectNoSecret, expectSnapshot, expectSubmitted, FINAL } from '../well-formed.js';
import { NONSENSE, spoiled } from './nonsense.js';
import type { SuiteParts } from './suite-parts.js';

/** Answers that are not what the upstream promises: the provider fails cleanly and never makes up a state. */
export function describeSpoiledAnswers(parts: SuiteParts): void {
  // Any bytes are a good answer to a download.
  const calls = callsOf(parts.contract).filter(({ name }) => name !== 'download');
  describe.each(calls)('$name, answered with nonsense', (call) => {
    const ask = asking(parts, call);
    if (call.creates) describeCreating(call, ask);
    else if (call.name === 'poll') describePolling(parts, ask);
    else describeOthers(call, ask);
  });
}

/** Hundreds of requests, on a machine that may be busy. */
const MANY = { timeout: 60_000 };

/** What a method gave, or the {@link ProviderError} that it threw. Anything else that it throws goes through. */
type Ask = (reply: Reply) => Promise<unknown>;

function asking({ contract, upstream }: SuiteParts, call: Call): Ask {
  return async (reply) => {
    upstream().script({ ...call, answer: reply });
    const context = contextOn(upstream().base);
    const outcome = await call.run(contract.create(), context).catch((error: unknown) => {
      if (error instanceof ProviderError) return error;
      throw new Error(`A ProviderError was expected, got ${String(error)}`, { cause: error });
    });
    expectNoSecret(context, ...(outcome instanceof ProviderError ? [outcome] : []));
    return outcome;
  };
}

function describeCreating(call: Call, ask: Ask): void {
  it.each(NONSENSE)('is ambiguous: $title', async ({ reply }) => {
    expect(await ask(reply)).toMatchObject({ code: 'ambiguous' });
  });

  it('gives a sound job or is ambiguous, whatever one place of the answer holds', MANY, async () => {
    for (const { title, reply } of spoiled(call.answer)) {
      await naming(title, async () => {
        const outcome = await ask(reply);
        if (outcome instanceof ProviderError) expect(outcome.code).toBe('ambiguous');
        else expectSubmitted(outcome as SubmittedJob);
      });
    }
  });
}

function describePolling({ contract: { poll } }: SuiteParts, ask: Ask): void {
  if (poll === undefined) return;
  it.each(NONSENSE)('is transient or ambiguous: $title', async ({ reply }) => {
    const outcome = await ask(reply);
    expect(outcome).toBeInstanceOf(ProviderError);
    expect(['transient', 'ambiguous']).toContain((outcome as ProviderError).code);
  });

  const goods = [poll.inProgress.answer, poll.completed.answer, poll.failed.answer];
  it('gives a sound snapshot or fails, whatever one place of the answer holds', MANY, async () => {
    for (const { title, reply } of goods.flatMap((good) => spoiled(good))) {
      await naming(title, async () => {
        const outcome = await ask(reply);
        if (!(outcome instanceof ProviderError)) expectSnapshot(outcome as JobSnapshot);
      });
    }
  });

  it('never ends a job because of a word that it does not know', MANY, async () => {
    for (const { title, reply } of spoiled(poll.inProgress.answer, unknownWordsIn)) {
      const outcome = await ask(reply);
      const status = outcome instanceof ProviderError ? 'in_progress' : (outcome as JobSnapshot).status;
      expect(FINAL.has(status), `${title} gave ${status}`).toBe(false);
    }
  });
}

function describeOthers(call: Call, ask: Ask): void {
  it('throws nothing but ProviderError, whatever the answer holds', MANY, async () => {
    for (const { title, reply } of [...NONSENSE, ...spoiled(call.answer)]) {
      await naming(title, async () => {
        await ask(reply);
      });
    }
  });

  if (call.name !== 'reconcile') return;
  // A list that is empty may well mean that there is nothing.
  it.each(NONSENSE.filter(({ title }) => title !== 'an empty list'))(
    'does not promise that nothing was created: $title',
    async ({ reply }) => {
      expect((await ask(reply)) as Reconciliation).not.toMatchObject({ outcome: 'absent' });
    },
  );
}

/** Names what was spoiled in the message of whatever fails. */
async function naming(title: string, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`With ${title}: ${message}`, { cause: error });
  }
}

import { describe, expect, it } from 'vitest';

import type { ProviderFailureKind } from 'penstock/plugin-api';

import { type Call, callsOf, contextOn, refusalOf } from '../calls.js';
import type { Answer } from '../reply.js';
import { ScriptedUpstream } from '../scripted-upstream.js';
import { expectNoSecret, failureOf } from '../well-formed.js';
import type { SuiteParts } from './suite-parts.js';

const UNSURE: readonly ProviderFailureKind[] = ['transient', 'ambiguous'];

/** Every way to fail, for every method: the right kind, one request, and no secret in what is said. */
export function describeFailures(parts: SuiteParts): void {
  describe.each(callsOf(parts.contract))('when $name fails', (call) => {
    const { failure } = failing(parts, call);
    describeRefusals(parts, call);

    it('takes 5xx from the application as transient or ambiguous', async () => {
      const json = { error: { message: 'Internal error.' } };
      expect(UNSURE).toContain((await failure({ status: 500, json })).code);
    });

    it('takes 5xx from something on the way as ambiguous where it creates', async () => {
      const { code } = await failure({ status: 502, text: '<html>Bad gateway</html>' });
      expect(call.creates ? ['ambiguous'] : UNSURE).toContain(code);
    });

    it('takes a reset connection as ambiguous where it creates', async () => {
      const { code } = await failure({ fault: 'reset' });
      expect(call.creates ? ['ambiguous'] : UNSURE).toContain(code);
    });

    it('takes a refused connection as transient', async () => {
      const context = contextOn(await ScriptedUpstream.refusing());
      const error = await failureOf(call.run(parts.contract.create(), context));
      expect(error.code).toBe('transient');
      expectNoSecret(context, error);
    });
  });
  describeDeclaredFailures(parts);
}

function describeRefusals(parts: SuiteParts, call: Call): void {
  const { contract } = parts;
  const { failure } = failing(parts, call);

  // `verify` may answer instead; that is tested with it.
  if (call.name !== 'verify') {
    it('takes a refused credential as unauthorized', async () => {
      expect((await failure(refusalOf(contract, 'unauthorized'))).code).toBe('unauthorized');
    });
  }

  it('takes too many requests as rate_limited, with the wait', async () => {
    const { failure: told } = await failure(refusalOf(contract, 'rate_limited'));
    expect(told.kind).toBe('rate_limited');
    if (contract.failures?.rate_limited === undefined) expect(told).toHaveProperty('retryAfterMs', 7000);
  });

  it('takes a challenge of the edge as edge_challenge', async () => {
    expect((await failure(refusalOf(contract, 'edge_challenge'))).code).toBe('edge_challenge');
  });

  it('takes 503 as transient', async () => {
    expect((await failure(refusalOf(contract, 'transient'))).code).toBe('transient');
  });
}

function describeDeclaredFailures(parts: SuiteParts): void {
  const [submit] = callsOf(parts.contract);
  const declared = Object.entries(parts.contract.failures ?? {});
  if (submit === undefined || declared.length === 0) return;
  it.each(declared)('takes the upstream’s own %s for what it is', async (kind, answer) => {
    expect((await failing(parts, submit).failure(answer)).code).toBe(kind);
  });
}

function failing({ contract, upstream }: SuiteParts, call: Call) {
  const failure = async (answer: Answer) => {
    upstream().script({ ...call, answer });
    const context = contextOn(upstream().base);
    const error = await failureOf(call.run(contract.create(), context));
    expectNoSecret(context, error);
    expect(upstream().received(call.route), 'a provider repeats nothing').toHaveLength(1);
    return error;
  };
  return { failure };
}

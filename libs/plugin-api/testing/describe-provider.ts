import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { CAPABILITIES } from 'penstock/plugin-api';

import { manifestOf } from './calls.js';
import type { ProviderContract } from './provider-contract.js';
import { ScriptedUpstream } from './scripted-upstream.js';
import { describeCapabilities } from './suites/capabilities.js';
import { describeConduct } from './suites/conduct.js';
import { describeDownload } from './suites/download.js';
import { describeFailures } from './suites/failures.js';
import { describeJobs } from './suites/jobs.js';
import { describeSpoiledAnswers } from './suites/spoiled-answers.js';
import type { SuiteParts } from './suites/suite-parts.js';

/**
 * The contract of {@link Provider} as a vitest suite: call it at the top of a provider's spec. It runs the provider
 * over real HTTP against scripted answers: the good ones of the contract, and every way to fail that the core knows.
 */
export function describeProvider(contract: ProviderContract): void {
  describe(`provider ${contract.name}`, () => {
    let running: ScriptedUpstream | undefined;
    const upstream = (): ScriptedUpstream => {
      if (running === undefined) throw new Error('The scripted upstream runs inside of tests only.');
      return running;
    };
    beforeAll(async () => {
      running = await ScriptedUpstream.start();
    });
    afterAll(() => running?.close());
    afterEach(() => {
      const { unexpected } = upstream();
      upstream().reset();
      expect(unexpected, 'requests that the contract has no route for').toEqual([]);
    });

    describeShape(contract);
    const parts: SuiteParts = { contract, upstream };
    describeJobs(parts);
    describeCapabilities(parts);
    describeDownload(parts);
    describeFailures(parts);
    describeSpoiledAnswers(parts);
    describeConduct(parts);
  });
}

function describeShape(contract: ProviderContract): void {
  it('has a manifest with at least one model', () => {
    expect(manifestOf(contract).models).not.toEqual([]);
  });

  it.each(CAPABILITIES)('implements %s exactly when the contract has a section for it', (name) => {
    const implemented = contract.create()[name] !== undefined;
    const described = contract[name] !== undefined;
    expect({ implemented, described }).toEqual({ implemented, described: implemented });
  });
}

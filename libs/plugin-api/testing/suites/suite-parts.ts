import type { ProviderContract } from '../provider-contract.js';
import type { ScriptedUpstream } from '../scripted-upstream.js';

/** What each part of the suite works with. */
export interface SuiteParts {
  readonly contract: ProviderContract;
  /** The scripted upstream; running inside of tests only. */
  readonly upstream: () => ScriptedUpstream;
}

import { CAPABILITIES, type Capability } from 'penstock/plugin-api';
import type { Settings } from 'penstock/settings';

import type { GenerationOptions } from '../generations.options.js';
import { FakeProvider } from './fake-provider.js';
import type { TestWorld } from './test-world.js';

/** What an engine may be made with. */
export interface EngineOptions {
  readonly settings?: GenerationOptions;
  /** Capabilities that the provider does not have. */
  readonly without?: readonly Capability[];
  /** Whether jobs can be asked for together. @defaultValue false */
  readonly lists?: boolean;
  /** Most generations that wait for a token. */
  readonly maxWaiting?: number;
}

/** Those of engines under test, where the options say nothing. */
export const SETTINGS = {
  queueTimeoutMs: 120_000,
  submitTimeoutMs: 5_000,
  backoffMs: 200,
  reconciliationPausesMs: [100, 1_000, 2_000],
  resumeSpreadMs: 500,
  deadlineMs: { video: 120_000 },
};
/** Nobody set anything. */
export const UNTOUCHED: Pick<Settings, 'get'> = { get: (section) => section.defaults };

/** The provider of the upstream of a world, with the capabilities that it shall have. */
export function providerOf(world: TestWorld, { without = [], lists = false }: EngineOptions): FakeProvider {
  const lacking = CAPABILITIES.filter((name) => without.includes(name) || (name === 'pollMany' && !lists));
  return Object.assign(
    new FakeProvider(world.upstream),
    Object.fromEntries(lacking.map((name) => [name, undefined])),
  );
}

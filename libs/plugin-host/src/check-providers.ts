import {
  CAPABILITIES,
  type PluginLifecycle,
  type Provider,
  type ProviderManifest,
} from 'penstock/plugin-api';

import { manifestProblems } from './check-manifest.js';
import { describeFound, type FoundProvider } from './found-provider.js';

const REQUIRED = ['submit', 'poll', 'verify'] as const satisfies readonly (keyof Provider)[];
const OPTIONAL = [...CAPABILITIES, 'init', 'destroy'] as const satisfies readonly (
  keyof Provider | keyof PluginLifecycle
)[];

/** A {@link FoundProvider} that keeps the contract. */
export interface SoundProvider extends FoundProvider {
  readonly manifest: ProviderManifest;
  readonly instance: Provider & PluginLifecycle;
}

/** Whether a provider keeps the contract, as far as that shows before it is called. */
export function isSound(found: FoundProvider): found is SoundProvider {
  return problemsOf(found).length === 0;
}

/** Everything that is wrong with these providers, alone and together; empty when they can be used. */
export function problemsAmong(found: readonly FoundProvider[]): readonly string[] {
  return [
    ...found.flatMap((one) => problemsOf(one).map((problem) => `${describeFound(one)}: ${problem}`)),
    ...duplicates(found),
  ];
}

function problemsOf({ manifest, instance, isSingleton }: FoundProvider): readonly string[] {
  const members = instance as Readonly<Record<string, unknown>>;
  return [
    ...(isSingleton ? [] : ['A provider holds no state, so there is one for all. Drop its scope.']),
    ...manifestProblems(manifest as object),
    ...REQUIRED.filter((name) => typeof members[name] !== 'function').map(
      (name) => `It has no method ${name}. Implement it: submit, poll and verify are required.`,
    ),
    ...OPTIONAL.filter((name) => members[name] !== undefined && typeof members[name] !== 'function').map(
      (name) => `${name} is a ${typeof members[name]}, not a method. Make it one, or leave it out.`,
    ),
  ];
}

function duplicates(found: readonly FoundProvider[]): readonly string[] {
  const byName = new Map<unknown, FoundProvider[]>();
  for (const one of found) {
    const { name } = one.manifest as { readonly name?: unknown };
    byName.set(name, [...(byName.get(name) ?? []), one]);
  }
  return [...byName]
    .filter(([name, sharing]) => typeof name === 'string' && sharing.length > 1)
    .map(([name, sharing]) => {
      const who = sharing.map(describeFound).join(' and ');
      return `Provider "${String(name)}" is registered by ${who}. Rename one, or drop one from the imports.`;
    });
}

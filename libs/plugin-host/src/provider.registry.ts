import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

import {
  CAPABILITIES,
  type Capability,
  type Kind,
  type ModelDescription,
  type PluginLifecycle,
  type Provider,
  type ProviderManifest,
} from 'penstock/plugin-api';

import { isSound, problemsAmong, type SoundProvider } from './check-providers.js';
import type { ProviderSource } from './found-provider.js';
import { PluginError } from './plugin.errors.js';
import { ProviderExplorer } from './provider-explorer.js';

/** A provider that passed every check. */
export interface ProviderEntry {
  readonly manifest: ProviderManifest;
  readonly provider: Provider & PluginLifecycle;
  /** The optional methods that it implements. */
  readonly capabilities: ReadonlySet<Capability>;
  /** The class name of the Nest module that lists it, for messages. */
  readonly module: string;
}

/** A model, and the name of a provider that offers it. */
export interface ModelOffer {
  readonly provider: string;
  readonly model: ModelDescription;
}

/**
 * The providers of this application. What it holds never changes: it looks once, at the latest in `onModuleInit`,
 * and other modules may use it from their own `onModuleInit` on.
 *
 * Every method throws {@link PluginError} `invalid_plugins` while plugins are not sound, which also stops the start.
 */
@Injectable()
export class ProviderRegistry implements OnModuleInit {
  #entries: ReadonlyMap<string, ProviderEntry> | undefined;

  constructor(@Inject(ProviderExplorer) private readonly source: ProviderSource) {}

  onModuleInit(): void {
    this.all();
  }

  /** @throws PluginError `unknown_provider`, naming the ones there are */
  get(name: string): ProviderEntry {
    const entry = this.find(name);
    if (entry !== undefined) return entry;
    const known = [...this.#load().keys()].join(', ') || 'none';
    throw PluginError.of(
      'unknown_provider',
      `There is no provider "${name}". Known: ${known}. Import the module of its plugin, or mend the name.`,
    );
  }

  find(name: string): ProviderEntry | undefined {
    return this.#load().get(name);
  }

  /** All providers, in the order in which Nest found their modules. */
  all(): readonly ProviderEntry[] {
    return [...this.#load().values()];
  }

  /** Every model of every provider. A model that two providers offer is there twice. */
  models(): readonly ModelOffer[] {
    return this.all().flatMap(({ manifest }) =>
      manifest.models.map((model) => ({ provider: manifest.name, model })),
    );
  }

  /** The providers that offer a model, of one kind where that is given. */
  providersOf(modelId: string, kind?: Kind): readonly ProviderEntry[] {
    return this.all().filter(({ manifest }) =>
      manifest.models.some((model) => model.id === modelId && (kind === undefined || model.kind === kind)),
    );
  }

  #load(): ReadonlyMap<string, ProviderEntry> {
    if (this.#entries !== undefined) return this.#entries;
    const found = this.source.explore();
    const problems = problemsAmong(found);
    if (problems.length > 0) throw PluginError.listing('invalid_plugins', problems);
    this.#entries = new Map(found.filter(isSound).map((sound) => [sound.manifest.name, entryOf(sound)]));
    return this.#entries;
  }
}

function entryOf({ manifest, instance, module }: SoundProvider): ProviderEntry {
  const capabilities = new Set(CAPABILITIES.filter((name) => instance[name] !== undefined));
  return Object.freeze({ manifest, provider: instance, capabilities, module });
}

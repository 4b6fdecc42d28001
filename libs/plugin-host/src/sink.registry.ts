import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { AssetSink, type AssetStorage } from 'penstock/plugin-api';

import { PluginError } from './plugin.errors.js';

const NAME = /^[a-z][a-z0-9-]{0,63}$/;
const METHODS = ['write', 'open', 'stat', 'delete'] as const satisfies readonly (keyof AssetStorage)[];

interface FoundSink {
  readonly name: unknown;
  readonly instance: object;
}

/**
 * The sinks of this application, every provider with `@AssetSink()`. It looks once, at the latest in `onModuleInit`.
 *
 * Every method throws {@link PluginError} `invalid_plugins` while sinks are not sound, which also stops the start.
 */
@Injectable()
export class SinkRegistry implements OnModuleInit {
  #sinks: ReadonlyMap<string, AssetStorage> | undefined;

  constructor(private readonly discovery: DiscoveryService) {}

  onModuleInit(): void {
    this.#load();
  }

  find(name: string): AssetStorage | undefined {
    return this.#load().get(name);
  }

  /** The names of all sinks. */
  names(): readonly string[] {
    return [...this.#load().keys()];
  }

  #load(): ReadonlyMap<string, AssetStorage> {
    if (this.#sinks !== undefined) return this.#sinks;
    const found = this.#explore();
    const problems = [...found.flatMap(problemsOf), ...duplicates(found)];
    if (problems.length > 0) throw PluginError.listing('invalid_plugins', problems);
    this.#sinks = new Map(
      found.flatMap(({ name, instance }) => (isStorage(instance) ? [[String(name), instance]] : [])),
    );
    return this.#sinks;
  }

  #explore(): readonly FoundSink[] {
    const found = new Map<object, FoundSink>();
    for (const wrapper of this.discovery.getProviders({ metadataKey: AssetSink.KEY })) {
      const instance: unknown = wrapper.instance;
      if (typeof instance !== 'object' || instance === null) continue;
      const { name } = this.discovery.getMetadataByDecorator(AssetSink, wrapper) ?? {};
      found.set(instance, { name, instance });
    }
    return [...found.values()];
  }
}

const lackingIn = (instance: object): readonly string[] =>
  METHODS.filter((name) => typeof (instance as Readonly<Record<string, unknown>>)[name] !== 'function');

const isStorage = (instance: object): instance is AssetStorage => lackingIn(instance).length === 0;

function problemsOf({ name, instance }: FoundSink): readonly string[] {
  const who = `Sink ${instance.constructor.name}`;
  const isNamed = typeof name === 'string' && NAME.test(name);
  return [
    ...(isNamed
      ? []
      : [
          `${who}: name is ${JSON.stringify(name)}; expected lower-case letters, digits and hyphens, at most 64.`,
        ]),
    ...lackingIn(instance).map((method) => `${who}: It has no method ${method}. Implement it.`),
  ];
}

function duplicates(found: readonly FoundSink[]): readonly string[] {
  const names = found.map(({ name }) => name);
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))].map((name) => {
    const who = found.filter((sink) => sink.name === name).map(({ instance }) => instance.constructor.name);
    return `Sink "${String(name)}" is registered by ${who.join(' and ')}. Rename one, or drop one from the imports.`;
  });
}

import { Injectable } from '@nestjs/common';
import { DiscoveryService, ModulesContainer } from '@nestjs/core';

import { SettingsSectionsModule } from './settings-sections.module.js';
import { SettingsError } from './settings.errors.js';
import { SettingsSection } from './settings-section.js';

type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];

interface Found {
  readonly section: SettingsSection;
  readonly owner: string;
}

/** Finds the sections of the application: every provider that is one, of whichever module. */
@Injectable()
export class SettingsRegistry {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly modules: ModulesContainer,
  ) {}

  /** @throws SettingsError `settings_section_duplicate` for two sections of one name, naming who registers them */
  collect(): readonly SettingsSection[] {
    const byName = new Map<string, Found[]>();
    for (const found of this.discovery.getProviders().flatMap((wrapper) => this.#inspect(wrapper))) {
      const others = byName.get(found.section.name) ?? [];
      if (!others.some(({ section }) => section === found.section)) {
        byName.set(found.section.name, [...others, found]);
      }
    }
    return [...byName].flatMap(([name, found]) => {
      if (found.length > 1)
        throw SettingsError.duplicate(
          name,
          found.map(({ owner }) => owner),
        );
      return found.map(({ section }) => section);
    });
  }

  #inspect(wrapper: InstanceWrapper): readonly Found[] {
    const instance: unknown = wrapper.instance;
    if (wrapper.isAlias || !isSection(instance)) return [];
    return [{ section: instance, owner: this.#ownerOf(wrapper) }];
  }

  /** Who called `forFeature` is who imports the module that it made. */
  #ownerOf({ host }: InstanceWrapper): string {
    if (host === undefined) return 'an unknown module';
    if (host.metatype !== SettingsSectionsModule) return host.name;
    const importers = [...this.modules.values()].filter((module) => module.imports.has(host));
    return importers.map(({ name }) => name).join(', ');
  }
}

/** `instanceof` alone would leave the type of the values open. */
function isSection(value: unknown): value is SettingsSection {
  return value instanceof SettingsSection;
}

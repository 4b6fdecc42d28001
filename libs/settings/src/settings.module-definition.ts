import { ConfigurableModuleBuilder, type ModuleMetadata, type Type } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { SettingsChangeRow } from './entities/settings-change-row.entity.js';
import { SettingsRow } from './entities/settings-row.entity.js';
import { SettingsStore } from './ports/settings-store.js';
import type { SettingsOptions } from './settings.options.js';
import { DatabaseSettingsStore } from './strategies/database-settings-store.js';

/** What the module's definition takes besides the options. */
export interface SettingsModuleExtras {
  /** @defaultValue false */
  readonly isGlobal?: boolean;
  /** Modules that export what the store injects, and a `Clock`, unless global ones do. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  /** @defaultValue DatabaseSettingsStore, which needs a `DatabasePool` and `settingsMigrations` */
  readonly store?: Type<SettingsStore>;
}

const defaults = {
  isGlobal: false,
  imports: [],
  store: DatabaseSettingsStore,
} satisfies SettingsModuleExtras;

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<SettingsOptions>({ moduleName: 'Settings' })
    .setClassMethodName('forRoot')
    .setExtras<SettingsModuleExtras>(defaults, (definition, extras) => {
      const { isGlobal, imports, store } = { ...defaults, ...extras };
      const isOurs = store === DatabaseSettingsStore;
      return {
        ...definition,
        global: isGlobal,
        imports: [
          ...(definition.imports ?? []),
          ...imports,
          ...(isOurs ? [TypeOrmModule.forFeature([SettingsRow, SettingsChangeRow])] : []),
        ],
        providers: [...(definition.providers ?? []), { provide: SettingsStore, useClass: store }],
      };
    })
    .build();

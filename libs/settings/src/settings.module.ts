import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { CachedSections } from './cached-sections.js';
import { SettingsEditor } from './settings-editor.js';
import { SettingsSectionsModule } from './settings-sections.module.js';
import { Settings } from './settings.js';
import { ConfigurableModuleClass } from './settings.module-definition.js';
import { SettingsRegistry } from './settings.registry.js';
import type { SettingsSection } from './settings-section.js';

/**
 * `forRoot`, once, offers {@link Settings} and {@link SettingsEditor}; `forFeature` registers the sections of a module. A
 * `Clock` is taken from a global module if there is one, otherwise it is the system's.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [CachedSections, Settings, SettingsEditor, SettingsRegistry],
  exports: [Settings, SettingsEditor],
})
export class SettingsModule extends ConfigurableModuleClass {
  /**
   * Registers sections with the one `Settings` of the application, wherever this is imported. The same section may be
   * registered more than once; two different ones of one name are refused at the start.
   */
  static forFeature(sections: readonly SettingsSection[]): DynamicModule {
    const providers = sections.map((section) => ({ provide: Symbol(section.name), useValue: section }));
    return { module: SettingsSectionsModule, providers };
  }
}

import { Module } from '@nestjs/common';

import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './database.module-definition.js';

/** Holds the options where both TypeOrmModule and DatabaseModule can import them. */
@Module({ exports: [MODULE_OPTIONS_TOKEN] })
export class DatabaseOptionsModule extends ConfigurableModuleClass {}

import { Module } from '@nestjs/common';

/** Holds the sections of one `SettingsModule.forFeature()`, where the registry finds them. */
@Module({})
export class SettingsSectionsModule {}

import 'reflect-metadata';

import type { DynamicModule, Type } from '@nestjs/common';

/** A Nest module as `imports` takes it. */
export type NestModule = Type | DynamicModule;

const MODULE_KEYS = ['imports', 'providers', 'controllers', 'exports'];

/**
 * The Nest module that a package or file exports: its default export, or the only class with `@Module(…)`.
 *
 * @returns a sentence or two about what was found instead, when there is no such module
 */
export async function findModule(namespace: Readonly<Record<string, unknown>>): Promise<NestModule | string> {
  const byDefault = await namespace['default'];
  if (isNestModule(byDefault)) return byDefault;
  const exported = Object.entries({ ...asRecord(byDefault), ...namespace });
  const modules = exported.filter((entry): entry is [string, Type] => isModuleClass(entry[1]));
  const [only, ...others] = new Set(modules.map(([, found]) => found));
  if (only !== undefined && others.length === 0) return only;
  return modules.length === 0
    ? noModule(exported.map(([name]) => name))
    : manyModules(modules.map(([name]) => name));
}

function noModule(names: readonly string[]): string {
  const got = names.length === 0 ? 'nothing' : names.join(', ');
  return `It exports no Nest module, but ${got}. Export one class with @Module({ providers: [ … ] }), or make it the default export.`;
}

function manyModules(names: readonly string[]): string {
  return `It exports ${names.length} Nest modules (${names.join(', ')}). Export only one, or make one the default export.`;
}

function isNestModule(value: unknown): value is NestModule {
  return isModuleClass(value) || isModuleClass(asRecord(value)['module']);
}

function isModuleClass(value: unknown): value is Type {
  return typeof value === 'function' && MODULE_KEYS.some((key) => Reflect.hasOwnMetadata(key, value));
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

import type { z } from 'zod';

import { SettingsSection } from './settings-section.js';

/** What a section is made of. */
export interface SettingsDefinition<Shape extends z.core.$ZodLooseShape> {
  /** Unique in the application; a letter, then letters, digits and hyphens, at most 64. It stands in URLs. */
  readonly name: string;
  /** For people: what the section changes, and from when on a change counts. */
  readonly description: string;
  /**
   * Fields as JSON holds them, without transforms to other types. Each has a default, so that `{}` fits; a nested object
   * gets its own from `.prefault({})`. Fields that the schema does not name are refused.
   */
  readonly schema: z.ZodObject<Shape>;
}

/** The values of a section with these fields. */
export type SettingsValues<Shape extends z.core.$ZodLooseShape> = z.output<
  z.ZodObject<Shape, z.core.$strict>
>;

/**
 * Defines a section. Do it once, as a constant: `Settings.get` takes it.
 *
 * @example
 * ```ts
 * export const mailSettings = defineSettings({
 *   name: 'mail',
 *   description: 'Where reports are sent; counts for the next report.',
 *   schema: z.object({ to: z.email().nullable().default(null), atOnce: z.int().min(1).max(10).default(2) }),
 * });
 * ```
 *
 * @throws RangeError for a name that cannot be used, or a field without a default
 */
export function defineSettings<Shape extends z.core.$ZodLooseShape>({
  name,
  description,
  schema,
}: SettingsDefinition<Shape>): SettingsSection<SettingsValues<Shape>> {
  return new SettingsSection<SettingsValues<Shape>>(name, description, schema.strict());
}

import { isDeepStrictEqual } from 'node:util';

import type { JsonObject } from 'penstock/kernel';
import { z } from 'zod';

import { fieldIssues, problemsOf, type FieldIssue, type FieldProblem } from './field-problem.js';
import { deepFreeze, type Frozen } from './frozen.js';
import { isJsonObject, overlay } from './merge-patch.js';

/** Of an object type, at any depth, what somebody sets. */
export type PartialSettings<T> = T extends readonly (infer Item)[]
  ? readonly Item[]
  : T extends object
    ? { readonly [Key in keyof T]?: PartialSettings<T[Key]> }
    : T;

/** How values that somebody set fit a section. */
export type SettingsCheck<Values extends object> =
  | { readonly fits: true; readonly values: Frozen<Values> }
  | {
      readonly fits: false;
      readonly issues: readonly FieldIssue[];
      readonly problems: readonly FieldProblem[];
    };

/**
 * Checks what no schema can know, such as names that plugins bring. Quick and without effects; it is given values that
 * fit the schema, at each write and at each load. What it throws fails that write or load.
 *
 * @returns the fields that do not fit, with what would be right; none when all do
 */
export type SettingsRule<Values extends object> = (values: Frozen<Values>) => readonly FieldIssue[];

const NAME = /^[a-z][A-Za-z0-9-]{0,63}$/;

/**
 * A typed unit of settings, made by {@link defineSettings}. Immutable. A module registers it with
 * `SettingsModule.forFeature([section])`, or provides it under any token.
 */
export class SettingsSection<Values extends object = object> {
  /** What holds while nobody set anything. */
  readonly defaults: Frozen<Values>;
  /** The JSON Schema (2020-12) of what may be set, with these defaults. */
  readonly jsonSchema: JsonObject;

  /** @throws RangeError naming what is wrong with the definition */
  constructor(
    readonly name: string,
    readonly description: string,
    readonly schema: z.ZodType<Values>,
    private readonly base: JsonObject = {},
    /** What of values that fit the schema breaks the rules. */
    private readonly broken: (whole: JsonObject) => readonly FieldIssue[] = () => [],
  ) {
    if (!NAME.test(name)) {
      throw new RangeError(
        `The name of a settings section must match ${NAME.source}, got ${JSON.stringify(name)}`,
      );
    }
    this.defaults = this.#checkedDefaults();
    this.jsonSchema = describedIn(schema, this.defaults);
  }

  /**
   * The same section with other defaults, for what the application is configured with; the rest stays.
   *
   * @throws RangeError naming each default that does not fit
   */
  withDefaults(defaults: PartialSettings<Values>): SettingsSection<Values> {
    const base = overlay(this.base, toJson(defaults));
    return new SettingsSection(this.name, this.description, this.schema, base, this.broken);
  }

  /**
   * The same section with one more rule, for what depends on more than the values: provide it by a factory that injects
   * what the rule has to know. Defaults are not held against it.
   */
  withRule(rule: SettingsRule<Values>): SettingsSection<Values> {
    const broken = (whole: JsonObject): readonly FieldIssue[] => [
      ...this.broken(whole),
      ...rule(deepFreeze(this.schema.parse(whole))),
    ];
    return new SettingsSection(this.name, this.description, this.schema, this.base, broken);
  }

  /** Whether `other` is this section, whatever its defaults and rules. */
  isSameAs(other: SettingsSection): boolean {
    return this.name === other.name && Object.is(this.schema, other.schema);
  }

  /** Lays what somebody set on the defaults, and checks the whole, by the schema and then by the rules. */
  check(overrides: JsonObject): SettingsCheck<Values> {
    const check = this.#checkSchema(overrides);
    // Where nobody set anything, there is nothing that could be left out instead.
    if (!check.fits || Object.keys(overrides).length === 0) return check;
    const whole = overlay(this.base, overrides);
    const issues = this.broken(whole);
    return issues.length === 0 ? check : unfit(issues, whole);
  }

  #checkSchema(overrides: JsonObject): SettingsCheck<Values> {
    const whole = overlay(this.base, overrides);
    const result = this.schema.safeParse(whole);
    if (result.success) return { fits: true, values: deepFreeze(result.data) };
    return unfit(fieldIssues(result.error.issues), whole);
  }

  #checkedDefaults(): Frozen<Values> {
    const check = this.#checkSchema({});
    if (!check.fits) {
      const problems = check.problems.map(({ message }) => message).join(' ');
      throw new RangeError(`The defaults of the settings section "${this.name}" do not fit: ${problems}`);
    }
    if (!isDeepStrictEqual(toJson(check.values), check.values)) {
      throw new RangeError(
        `The settings section "${this.name}" holds what JSON cannot. Use fields whose parsed values are JSON.`,
      );
    }
    return check.values;
  }
}

function unfit(
  issues: readonly FieldIssue[],
  values: object,
): {
  readonly fits: false;
  readonly issues: readonly FieldIssue[];
  readonly problems: readonly FieldProblem[];
} {
  return { fits: false, issues, problems: problemsOf(issues, values) };
}

/** A copy as JSON holds it: what has no place there, such as `undefined` and functions, is dropped. */
export function toJson(value: object): JsonObject {
  // Stringify, then parse, makes JSON of any object by definition.
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

function describedIn(schema: z.ZodType, defaults: object): JsonObject {
  return withDefaultsOf(toJson(z.toJSONSchema(schema, { io: 'input' })), toJson(defaults));
}

/** The schema says the defaults of the code; those of the application may be others. */
function withDefaultsOf(schema: JsonObject, defaults: JsonObject): JsonObject {
  const properties = schema['properties'];
  if (!isJsonObject(properties)) return schema;
  const shown = Object.entries(properties).map(([name, property]) => {
    const standard = defaults[name];
    if (standard === undefined || !isJsonObject(property)) return [name, property] as const;
    const nested = isJsonObject(standard) ? withDefaultsOf(property, standard) : property;
    return [name, { ...nested, default: standard }] as const;
  });
  return { ...schema, properties: Object.fromEntries(shown) };
}

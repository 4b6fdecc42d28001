import type { JsonObject, JsonValue } from 'penstock/kernel';

/** A word that no upstream uses. */
export const UNKNOWN_WORD = 'penstock-unknown-word';

/** An answer with one place of it spoiled. */
export interface Mutation {
  /** What was done, such as `.status = null`. */
  readonly title: string;
  readonly value: JsonValue;
}

const WRONG_VALUES: readonly JsonValue[] = [null, -1, '', true, [], {}];

/** Every answer that comes from `value` by spoiling one place: wrong types, empty ones, and missing fields. */
export function mutationsOf(value: JsonValue, path = ''): readonly Mutation[] {
  const replaced = WRONG_VALUES.map((wrong) => ({
    title: `${path || 'the body'} = ${JSON.stringify(wrong)}`,
    value: wrong,
  }));
  return [...replaced, ...mutationsWithin(value, path, mutationsOf), ...removals(value, path)];
}

/** Every answer that comes from `value` by putting {@link UNKNOWN_WORD} in place of one text. */
export function unknownWordsIn(value: JsonValue, path = ''): readonly Mutation[] {
  if (typeof value === 'string') return [{ title: `${path} = ${UNKNOWN_WORD}`, value: UNKNOWN_WORD }];
  return mutationsWithin(value, path, unknownWordsIn);
}

function mutationsWithin(value: JsonValue, path: string, mutate: typeof mutationsOf): readonly Mutation[] {
  if (isList(value)) {
    return value.flatMap((item, index) =>
      mutate(item, `${path}[${index}]`).map(({ title, value: wrong }) => ({
        title,
        value: value.with(index, wrong),
      })),
    );
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) =>
    mutate(field, `${path}.${name}`).map(({ title, value: wrong }) => ({
      title,
      value: { ...value, [name]: wrong },
    })),
  );
}

function removals(value: JsonValue, path: string): readonly Mutation[] {
  if (typeof value !== 'object' || value === null || isList(value)) return [];
  return Object.keys(value).map((name) => ({
    title: `no ${path}.${name}`,
    value: Object.fromEntries(Object.entries(value).filter(([other]) => other !== name)) satisfies JsonObject,
  }));
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

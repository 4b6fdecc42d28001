import type { JsonObject, JsonValue } from 'penstock/kernel';

/**
 * Applies a JSON merge patch (RFC 7396, section 2) to an object: objects are merged, `null` removes a member, and
 * everything else, arrays too, replaces what was there. Pure.
 */
export function applyMergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  return merge(target, patch, (value) => value === null);
}

/** Lays `over` on `base`: objects are merged, everything else of `over`, `null` too, wins. Pure. */
export function overlay(base: JsonObject, over: JsonObject): JsonObject {
  return merge(base, over, () => false);
}

/** Whether a value is an object of JSON: no array, no `null`. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Entries are collected, never assigned, so that a member named `__proto__` is one like any other. */
function merge(target: JsonObject, patch: JsonObject, removes: (value: JsonValue) => boolean): JsonObject {
  const members = new Map(Object.entries(target));
  for (const [name, value] of Object.entries(patch)) {
    if (removes(value)) {
      members.delete(name);
      continue;
    }
    const present = members.get(name);
    const below = isJsonObject(present) ? present : {};
    members.set(name, isJsonObject(value) ? merge(below, value, removes) : value);
  }
  return Object.fromEntries(members);
}

/**
 * What a key may do: create and stop generations, read, see `/metrics`, or everything.
 */
export const SCOPES = ['generate', 'read', 'metrics', 'admin'] as const;

/** A member of {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number];

/** Whether scopes allow what needs `needed`; `admin` allows everything. */
export function allows(scopes: readonly Scope[], needed: Scope): boolean {
  return scopes.includes(needed) || scopes.includes('admin');
}

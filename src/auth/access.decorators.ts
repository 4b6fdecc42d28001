import { Reflector, type ReflectableDecorator } from '@nestjs/core';

import type { Scope } from './scopes.js';

/** Marks a route (or all of a controller) for keys that have this scope, or `admin`. */
export const RequireScope = Reflector.createDecorator<Scope>();

/** Marks a route that needs no key. It may still look at one: see `OptionalPrincipal`. */
export const Public = Reflector.createDecorator<undefined, true>({ transform: () => true });

/** Lets a browser in with HTTP Basic (any user, the key as password). Only for routes that change nothing. */
export const BrowserReadable = Reflector.createDecorator<undefined, true>({ transform: () => true });

/** Who may use a route. */
export type Access =
  { readonly kind: 'public' } | { readonly kind: 'scope'; readonly scope: Scope; readonly browser: boolean };

/**
 * Reads what a route says of its access; `undefined` when it says nothing.
 *
 * @param targets - the handler, then its class: what is nearer to the route wins
 */
export function accessOf(reflector: Reflector, targets: readonly Target[]): Access | undefined {
  for (const target of targets) {
    const scope = metadata(reflector, RequireScope, target);
    const browser = targets.some((each) => metadata(reflector, BrowserReadable, each) === true);
    if (scope !== undefined) return { kind: 'scope', scope, browser };
    if (metadata(reflector, Public, target) === true) return { kind: 'public' };
  }
  return undefined;
}

type Target = Parameters<Reflector['get']>[1];

/** The library's type leaves out that there may be none. */
function metadata<In, Out>(
  reflector: Reflector,
  decorator: ReflectableDecorator<In, Out>,
  target: Target,
): Out | undefined {
  return reflector.get(decorator, target);
}

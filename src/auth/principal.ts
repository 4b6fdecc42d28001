import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { AuthError } from './auth.errors.js';
import type { KeyPriority } from './key-priority.js';
import type { Scope } from './scopes.js';

/** The id of PENSTOCK_ADMIN_KEY, which has no row. */
export const CONFIGURED_KEY_ID = 'key_configured';

/** Who makes a request: an API key. */
export interface Principal {
  readonly keyId: string;
  readonly label: string;
  readonly scopes: readonly Scope[];
  readonly priority: KeyPriority;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard; absent on public routes that were called without a valid key. */
    principal?: Principal;
  }
}

/** The principal of a request; `null` when there is none. */
function principalOf(context: ExecutionContext): Principal | null {
  return context.switchToHttp().getRequest<FastifyRequest>().principal ?? null;
}

/** Parameter: the {@link Principal} of the request. Not for public routes, which may have none. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = principalOf(context);
  if (principal === null) throw AuthError.keyMissing();
  return principal;
});

/** Parameter of a public route: the {@link Principal}, or `null` when the request came without a valid key. */
export const OptionalPrincipal = createParamDecorator((_: unknown, context: ExecutionContext) =>
  principalOf(context),
);

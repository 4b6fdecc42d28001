import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { accessOf } from './access.decorators.js';
import { AuthError } from './auth.errors.js';
import { Authenticator } from './authenticator.js';
import { readCredential } from './credential.js';
import type { Principal } from './principal.js';
import { allows } from './scopes.js';

const BEARER = 'Bearer realm="penstock"';
const BASIC = 'Basic realm="penstock", charset="UTF-8"';

/**
 * Guards every route: it is for keys with the scope that it names, or for everybody if it is marked so. A route that
 * says neither is closed.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const access = accessOf(this.reflector, targets);
    if (access === undefined) throw AuthError.routeClosed();
    if (access.kind === 'public') return this.#admitAnybody(request);
    const { scope, browser } = access;
    const principal = await this.#identify(request, browser).catch((error: unknown) => {
      challenge(context, browser);
      throw error;
    });
    if (!allows(principal.scopes, scope)) throw AuthError.scopeMissing(scope, principal.scopes);
    request.principal = principal;
    return true;
  }

  async #admitAnybody(request: FastifyRequest): Promise<true> {
    const credential = readCredential(request.headers.authorization);
    if (credential.kind !== 'key' || credential.scheme !== 'bearer') return true;
    const principal = await this.authenticator.authenticate(credential.key);
    if (principal !== null) request.principal = principal;
    return true;
  }

  async #identify(request: FastifyRequest, browser: boolean): Promise<Principal> {
    const credential = readCredential(request.headers.authorization);
    if (credential.kind === 'none') throw AuthError.keyMissing();
    if (credential.kind === 'malformed' || (credential.scheme === 'basic' && !browser)) {
      throw AuthError.schemeWrong(
        browser ? '"Bearer <key>", or Basic with the key as password' : '"Bearer <key>"',
      );
    }
    const principal = await this.authenticator.authenticate(credential.key);
    if (principal === null) throw AuthError.keyUnknown();
    return principal;
  }
}

function challenge(context: ExecutionContext, browser: boolean): void {
  const reply = context.switchToHttp().getResponse<FastifyReply>();
  void reply.header('www-authenticate', browser ? [BEARER, BASIC] : BEARER);
}

import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { AuthError } from './auth.errors.js';
import { Authenticator } from './authenticator.js';
import { readCredential } from './credential.js';
import type { Principal } from './principal.js';
import { allows, type Scope } from './scopes.js';

const BEARER = 'Bearer realm="penstock"';
const BASIC = 'Basic realm="penstock", charset="UTF-8"';

/** What a request needs to be let in. */
export interface Requirement {
  readonly scope: Scope;
  /** Whether HTTP Basic will do, which browsers can. */
  readonly browser: boolean;
}

/** Tells who makes a request, and refuses those who may not. */
@Injectable()
export class Identification {
  constructor(private readonly authenticator: Authenticator) {}

  /**
   * Lets in who has a key with the scope: `request.principal` is set then.
   *
   * @throws AuthError otherwise; the reply says how to identify oneself where that is what is missing
   */
  async require(
    request: FastifyRequest,
    reply: FastifyReply,
    { scope, browser }: Requirement,
  ): Promise<void> {
    // An upload was let in before its body was read.
    const principal =
      request.principal ??
      (await this.#identify(request, browser).catch((error: unknown) => {
        void reply.header('www-authenticate', browser ? [BEARER, BASIC] : BEARER);
        throw error;
      }));
    if (!allows(principal.scopes, scope)) throw AuthError.scopeMissing(scope, principal.scopes);
    request.principal = principal;
  }

  /** Sets `request.principal` where the request comes with a valid key. */
  async recognise(request: FastifyRequest): Promise<void> {
    const credential = readCredential(request.headers.authorization);
    if (credential.kind !== 'key' || credential.scheme !== 'bearer') return;
    const principal = await this.authenticator.authenticate(credential.key);
    if (principal !== null) request.principal = principal;
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

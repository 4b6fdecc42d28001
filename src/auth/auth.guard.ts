import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { accessOf } from './access.decorators.js';
import { AuthError } from './auth.errors.js';
import { Identification } from './identification.js';

/**
 * Guards every route: it is for keys with the scope that it names, or for everybody if it is marked so. A route that
 * says neither is closed.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly identification: Identification,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = accessOf(this.reflector, [context.getHandler(), context.getClass()]);
    if (access === undefined) throw AuthError.routeClosed();
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (access.kind === 'public') await this.identification.recognise(request);
    else await this.identification.require(request, http.getResponse<FastifyReply>(), access);
    return true;
  }
}

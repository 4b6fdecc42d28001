import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';

import { accessOf } from './access.decorators.js';

type Handler = (...args: never) => unknown;

/** Refuses to start while a route says nothing of who may use it, plugins' routes included. */
@Injectable()
export class RouteAudit implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  /** @throws Error that names every such handler and the fix */
  onModuleInit(): void {
    const open = this.undecidedRoutes();
    if (open.length === 0) return;
    throw new Error(
      `${open.join(', ')}: nothing says who may use this. Add @RequireScope('read') or another scope, or @Public().`,
    );
  }

  /** Handlers as `Controller.method` that have neither `@RequireScope` nor `@Public`, on themselves or their class. */
  undecidedRoutes(): readonly string[] {
    return this.discovery.getControllers().flatMap(({ instance, metatype }) => {
      if (typeof metatype !== 'function' || !isObject(instance)) return [];
      return this.#handlers(instance)
        .filter((handler) => accessOf(this.reflector, [handler, metatype]) === undefined)
        .map((handler) => `${metatype.name}.${handler.name}`);
    });
  }

  #handlers(instance: object): Handler[] {
    const prototype: unknown = Object.getPrototypeOf(instance);
    if (!isObject(prototype)) return [];
    return this.scanner
      .getAllMethodNames(prototype)
      .map((name): unknown => Reflect.get(prototype, name))
      .filter(
        (method): method is Handler =>
          typeof method === 'function' && Reflect.hasMetadata(PATH_METADATA, method),
      );
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

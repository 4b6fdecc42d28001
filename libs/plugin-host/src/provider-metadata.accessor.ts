import 'reflect-metadata';

import { Injectable } from '@nestjs/common';

import { ProviderPlugin } from 'penstock/plugin-api';

/** Reads what `@ProviderPlugin` left on a class. */
@Injectable()
export class ProviderMetadataAccessor {
  /** The manifest on the class of `instance` or on one that it extends; `undefined` for anything else. */
  manifestOf(instance: unknown): unknown {
    if (typeof instance !== 'object' || instance === null) return undefined;
    const { constructor } = instance;
    return typeof constructor === 'function'
      ? Reflect.getMetadata(ProviderPlugin.KEY, constructor)
      : undefined;
  }
}

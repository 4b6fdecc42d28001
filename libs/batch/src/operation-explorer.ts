import 'reflect-metadata';

import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

import { BatchOperationMetadata, type BatchOperationManifest } from './batch-operation.js';

/** A decorated instance, before anything of it was checked. */
export interface FoundOperation {
  readonly manifest: BatchOperationManifest;
  readonly instance: object;
}

/** Finds the decorated operations of the application, in whichever module they are. */
@Injectable()
export class OperationExplorer {
  constructor(private readonly discovery: DiscoveryService) {}

  explore(): readonly FoundOperation[] {
    const found = new Map<object, FoundOperation>();
    for (const wrapper of this.discovery.getProviders()) {
      const instance: unknown = wrapper.instance;
      if (wrapper.isAlias || typeof instance !== 'object' || instance === null) continue;
      const manifest: unknown = Reflect.getMetadata(BatchOperationMetadata.KEY, instance.constructor);
      if (isManifest(manifest)) found.set(instance, { manifest, instance });
    }
    return [...found.values()];
  }
}

function isManifest(value: unknown): value is BatchOperationManifest {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}

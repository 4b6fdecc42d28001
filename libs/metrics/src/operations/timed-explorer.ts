import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

import { Operations } from './operations.js';
import { timeMethodsOf } from './timed.decorator.js';

/** Finds every provider and controller with methods that are `@Timed()`. Only those that live as long as the application. */
@Injectable()
export class TimedExplorer implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly operations: Operations,
  ) {}

  onModuleInit(): void {
    for (const { instance } of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      const found: unknown = instance;
      if (typeof found === 'object' && found !== null) timeMethodsOf(found, this.operations);
    }
  }
}
